// SPDX-License-Identifier: MIT
/// @file
/// Files on their way into an output folder, each remembered by its digest; pictures where gnuplot
/// is found.
#pragma once

#include <algorithm>  // std::rotate
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // std::exchange, std::move
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/io/csv.hpp"
#include "edgeopt/io/json.hpp"
#include "edgeopt/io/output_folder.hpp"
#include "edgeopt/io/plot.hpp"
#include "edgeopt/io/program.hpp"
#include "edgeopt/io/sha256.hpp"
#include "edgeopt/table.hpp"

namespace edgeopt::inline v0 {

/// One file by its content.
struct FileDigest {
  std::string name;
  std::int64_t bytes = 0;
  std::string sha256;

  friend bool operator==(const FileDigest&, const FileDigest&) = default;
};

/// A picture that was drawn: the bytes of its PNG file.
struct Picture {
  std::string name;
  std::string png;
};

/// What came of writing files into a folder.
struct WrittenFiles {
  std::filesystem::path folder;
  std::vector<std::string> files;     ///< in the order they were written
  std::string missing_pictures_note;  ///< empty when every picture was drawn
};

/// Stages files in an output folder, which has to outlive it.
class ArtifactWriter {
 public:
  /// @param gnuplot  name or path of the program that draws; where it is not found or fails,
  ///   pictures are left out
  explicit ArtifactWriter(io::OutputFolder& folder, std::string_view gnuplot = "gnuplot")
      : folder_(folder), gnuplot_(io::find_program(gnuplot)) {}

  /// @throws SystemError when the system refuses
  void write(const std::string& name, std::string_view bytes) {
    folder_.stage(name, bytes);
    files_.push_back({name, static_cast<std::int64_t>(bytes.size()), io::sha256_of(bytes)});
  }

  /// As CSV. Columns whose names depend on values take them from `prototype`.
  template <Row RowType>
  void write_rows(const std::string& name, const std::vector<RowType>& rows,
                  const RowType& prototype = {}) {
    write(name, io::to_csv(to_table(std::span(rows), rows.empty() ? prototype : rows.front())));
  }

  void write_json(const std::string& name, const io::Json& value) {
    write(name, io::to_json_text(value));
  }

  /// Draws a chart, or counts it as missing where that cannot be done. Drawing goes on beside what
  /// follows until `finish_pictures`.
  /// @throws DomainError for a chart with values that cannot be drawn
  template <class Chart>
  void draw(const std::string& name, const Chart& chart) {
    if (!gnuplot_) {
      missing_pictures_.push_back(name);
      return;
    }
    try {
      drawings_.push_back(
          {name, files_.size() + drawings_.size(), io::start_drawing(chart, *gnuplot_)});
    } catch (const SystemError& error) {
      missing_pictures_.push_back(name);
      failure_ = error.what();
    }
  }

  /// Waits for the pictures and stages them, each in its place among the files.
  /// @throws SystemError when the system refuses
  void finish_pictures() {
    std::vector<Drawing> drawings = std::exchange(drawings_, {});
    std::size_t missing = 0;
    for (Drawing& drawing : drawings) {
      Picture picture{drawing.name, {}};
      try {
        picture.png = drawing.picture.finish();
      } catch (const SystemError& error) {
        missing_pictures_.push_back(drawing.name);
        failure_ = error.what();
        ++missing;
        continue;
      }
      write(drawing.name, picture.png);
      const auto place = files_.begin() + static_cast<std::ptrdiff_t>(drawing.place - missing);
      std::rotate(place, files_.end() - 1, files_.end());
      pictures_.push_back(std::move(picture));
    }
  }

  /// Every file staged so far.
  [[nodiscard]] const std::vector<FileDigest>& files() const noexcept { return files_; }
  [[nodiscard]] const std::vector<Picture>& pictures() const noexcept { return pictures_; }
  /// One sentence on the pictures that are missing and how to get them; empty when none is.
  [[nodiscard]] std::string missing_pictures_note() const {
    if (missing_pictures_.empty()) return {};
    if (!gnuplot_) return io::missing_pictures_note(missing_pictures_);
    std::string names;
    for (const std::string& name : missing_pictures_) names += (names.empty() ? "" : ", ") + name;
    return "not drawn: " + names + " (" + failure_ + ")";
  }

  /// What is to be told of the files once the folder is committed.
  [[nodiscard]] WrittenFiles written(const std::filesystem::path& folder) const {
    WrittenFiles written{folder, {}, missing_pictures_note()};
    for (const FileDigest& file : files_) written.files.push_back(file.name);
    return written;
  }

 private:
  struct Drawing {
    std::string name;
    std::size_t place;  // among the files, those being drawn included
    io::UnfinishedPicture picture;
  };

  io::OutputFolder& folder_;
  std::optional<std::filesystem::path> gnuplot_;
  std::vector<FileDigest> files_;
  std::vector<Drawing> drawings_;
  std::vector<Picture> pictures_;
  std::vector<std::string> missing_pictures_;
  std::string failure_;  // gnuplot's, where it is there
};

/// Writes files into a folder as a whole: `fill(writer)` stages them, the last one at the end.
/// @throws SystemError when the folder cannot be used or the system refuses; nothing is left then
template <class Fill>
WrittenFiles write_files(const std::filesystem::path& folder_path, std::string_view gnuplot,
                         Fill&& fill) {
  io::OutputFolder folder(folder_path);
  ArtifactWriter writer(folder, gnuplot);
  fill(writer);
  writer.finish_pictures();
  if (!writer.files().empty()) folder.commit(writer.files().back().name);
  return writer.written(folder_path);
}

}  // namespace edgeopt::inline v0
