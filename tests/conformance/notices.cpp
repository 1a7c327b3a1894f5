// Tests a conformance test: on a copy of its folder of the oracles it has to pass, and after one
// value in it was changed it has to fail, for each kind of file that it reads. It also has to fail
// on a folder that holds nothing, and to skip with a word where there are no oracles at all.
//
//   conformance_notices <executable> <folder of the oracles> [<argument of the executable>]
#include <stdlib.h>  // setenv
#include <sys/wait.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "oracle_folder.hpp"
#include "temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

/// How a value is changed.
struct How {
  enum class Kind {
    units,    // by some steps to neighbouring numbers: for what has to be exact
    amount,   // by `relative` times the largest of its file plus `absolute`
    far,      // to that end of the file's range which is farther away
    lowest,   // to less than every other
    largest,  // to far more than all others together
    sign      // its highest bit flipped
  } kind;
  int units = 1;
  double relative = 0;
  double absolute = 0;
};

const How unit{How::Kind::units};
const How far_away{How::Kind::far};
How units(int count) {
  return {How::Kind::units, count};
}
How by(double relative, double absolute = 0) {
  return {How::Kind::amount, 1, relative, absolute};
}

/// One change: the files it may be made in (a regular expression of the path in the folder; the
/// largest of these is taken) and, in tables and JSON, the column or path.
struct Change {
  std::string file;
  How how;
  std::string place = {};
};

// ---- .npy ----

/// The element that is changed: always the same one of a file, but another one in other files.
std::size_t chosen(const std::string& name, std::size_t count) {
  return std::hash<std::string>{}(name) % count;
}

template <class T>
T changed(T value, const std::vector<T>& all, const How& how) {
  const auto [low, high] = std::minmax_element(all.begin(), all.end());
  switch (how.kind) {
    case How::Kind::units:
      for (int i = 0; i < how.units; ++i) {
        if constexpr (std::is_floating_point_v<T>)
          value = std::nextafter(value, std::numeric_limits<T>::infinity());
        else
          value = static_cast<T>(value == std::numeric_limits<T>::max() ? value - 1 : value + 1);
      }
      return value;
    case How::Kind::amount: {
      double largest = 0;
      for (const T x : all) largest = std::max(largest, std::abs(static_cast<double>(x)));
      return static_cast<T>(static_cast<double>(value) + how.relative * largest + how.absolute);
    }
    case How::Kind::far:
      if (*low == *high) return static_cast<T>(value + 1);
      return value - *low > *high - value ? *low : *high;
    case How::Kind::lowest: return static_cast<T>(*low - 1);
    case How::Kind::largest: return static_cast<T>(1e8 * static_cast<double>(*high));
    case How::Kind::sign:
      if constexpr (std::is_unsigned_v<T>)
        return static_cast<T>(value ^ (T{1} << (8 * sizeof(T) - 1)));
      else
        return static_cast<T>(-value);
  }
  return value;
}

/// NaN as bits: only its sign is compared.
bool is_nan_bits(std::uint16_t half) {
  return (half & 0x7fff) > 0x7c00;
}
bool is_nan_bits(std::uint32_t bits) {
  return (bits & 0x7fffffff) > 0x7f800000;
}
template <class T>
bool is_nan_bits(T) {
  return false;
}

template <class T>
std::string change_values(std::string& bytes, std::size_t start, const std::string& name,
                          const How& how, const std::string& place) {
  std::vector<T> values((bytes.size() - start) / sizeof(T));
  if (values.empty()) throw std::runtime_error(name + " holds no value");
  std::memcpy(values.data(), bytes.data() + start, values.size() * sizeof(T));
  std::size_t index = chosen(name, values.size());
  if (place == "last") index = values.size() - 1;
  if (place == "middle of the last histogram") index = values.size() - 1024;
  if (place == "smallest")
    index =
        static_cast<std::size_t>(std::min_element(values.begin(), values.end()) - values.begin());
  while (is_nan_bits(values[index])) index = (index + 1) % values.size();
  const T before = values[index];
  values[index] = changed(before, values, how);
  if (values[index] == before) throw std::runtime_error(name + ": the change changes nothing");
  std::memcpy(bytes.data() + start, values.data(), values.size() * sizeof(T));
  char text[120];
  std::snprintf(text, sizeof text, "element %zu: %.17g -> %.17g", index,
                static_cast<double>(before), static_cast<double>(values[index]));
  return text;
}

std::string change_npy(const fs::path& file, const How& how, const std::string& place) {
  std::string bytes = read(file);
  const std::size_t start = 10 + static_cast<unsigned char>(bytes[8]) +
                            256 * std::size_t{static_cast<unsigned char>(bytes[9])};
  std::smatch type;
  const std::string header = bytes.substr(0, start);
  if (!std::regex_search(header, type, std::regex("'descr': *'[<|]([a-z][0-9])'")))
    throw std::runtime_error(file.string() + " has an element type that is not known here");
  using Function = std::string (*)(std::string&, std::size_t, const std::string&, const How&,
                                   const std::string&);
  const std::map<std::string, Function> functions{
      {"f4", change_values<float>},         {"f8", change_values<double>},
      {"i1", change_values<std::int8_t>},   {"u1", change_values<std::uint8_t>},
      {"u2", change_values<std::uint16_t>}, {"u4", change_values<std::uint32_t>},
      {"i4", change_values<std::int32_t>},  {"i8", change_values<std::int64_t>}};
  const std::string what =
      functions.at(type[1])(bytes, start, file.filename().string(), how, place);
  write(file, bytes);
  return what;
}

// ---- text ----

/// A number as text; flags are flipped, integers change by one, reals by the relative amount.
std::string changed_number(const std::string& text, const How& how) {
  if (text == "0" || text == "1") return text == "0" ? "1" : "0";
  if (text == "True" || text == "False") return text == "True" ? "False" : "True";
  if (text.find_first_not_of("-0123456789") == std::string::npos)
    return std::to_string(std::stoll(text) + how.units);
  const double value = std::stod(text);
  double other = value * (1 + how.relative) + how.absolute;
  if (how.kind == How::Kind::units) other = std::nextafter(value, HUGE_VAL);
  if (how.kind == How::Kind::far) other = value / 2 + 0.1;
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.17g", other);
  return buffer;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts{""};
  for (const char c : text)
    if (c == at)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : between) + parts[i];
  return text;
}

/// Which row: where a table tells the spread of samples, that of the widest one, as deviations of
/// the others are not exact; else any whose cell is a number other than 0.
std::size_t chosen_row(const std::vector<std::vector<std::string>>& rows, std::size_t column) {
  const auto& names = rows[0];
  const auto spread = std::find(names.begin(), names.end(), "population_std") - names.begin();
  const auto mean = std::find(names.begin(), names.end(), "mean") - names.begin();
  std::vector<std::size_t> candidates;
  double widest = 0;
  for (std::size_t row = 1; row < rows.size(); ++row) {
    if (rows[row].size() != names.size() || rows[row][column].empty()) continue;
    if (rows[row][column] == "0.0") continue;
    if (static_cast<std::size_t>(spread) < names.size()) {
      const auto cell = [&](auto at) { return std::stod(rows[row][static_cast<std::size_t>(at)]); };
      const double width = cell(spread) / std::abs(cell(mean));
      if (width <= widest) continue;
      widest = width;
      candidates.clear();
    }
    candidates.push_back(row);
  }
  if (candidates.empty()) throw std::runtime_error("no cell to change in " + names[column]);
  return candidates[chosen(names[column], candidates.size())];
}

std::string change_csv(const fs::path& file, const How& how, const std::string& column_name) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : split(read(file), '\n'))
    if (!line.empty()) rows.push_back(split(line, ','));
  const auto found = std::find_if(rows[0].begin(), rows[0].end(), [&](const std::string& name) {
    return std::regex_match(name, std::regex(column_name));
  });
  if (found == rows[0].end()) throw std::runtime_error(file.string() + " has no " + column_name);
  const auto column = static_cast<std::size_t>(found - rows[0].begin());
  const std::size_t row = chosen_row(rows, column);
  std::string& cell = rows[row][column];
  const std::string before = cell;
  cell = changed_number(before, how);
  std::string text;
  for (const auto& cells : rows) text += joined(cells, ",") + "\n";
  write(file, text);
  return *found + " of row " + std::to_string(row) + ": " + before + " -> " + cell;
}

std::string change_json(const fs::path& file, const How& how, const std::string& path) {
  nlohmann::json flat = nlohmann::json::parse(read(file)).flatten();
  std::vector<std::string> candidates;
  for (const auto& [key, value] : flat.items())
    if (std::regex_search(key, std::regex(path)) && !value.is_null()) candidates.push_back(key);
  if (candidates.empty()) throw std::runtime_error(file.string() + " has no " + path);
  const std::string key = candidates[chosen(path, candidates.size())];
  nlohmann::json& value = flat[key];
  const std::string before = value.dump();
  if (value.is_string())
    value = value.get<std::string>() + "?";
  else if (value.is_boolean())
    value = !value.get<bool>();
  else if (value.is_number_integer())
    value = value.get<std::int64_t>() + 1;
  else
    value = std::stod(changed_number(before, how));
  const std::string after = value.dump();
  write(file, flat.unflatten().dump(1));
  return key + ": " + before + " -> " + after;
}

// ---- what is changed where ----

std::vector<Change> all_columns(const std::string& file, const How& how,
                                const std::vector<std::string>& columns) {
  std::vector<Change> changes;
  for (const std::string& column : columns) changes.push_back({file, how, column});
  return changes;
}

void append(std::vector<Change>& to, const std::vector<Change>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

const std::vector<std::string> parameters{"conv1_weight", "conv1_bias",        "conv2_weight",
                                          "conv2_bias",   "classifier_weight", "classifier_bias"};

std::vector<Change> smallcnn_changes() {
  std::vector<Change> changes{{"labels.npy", unit},
                              {"f64/logits.npy", by(2e-12, 2e-15)},
                              {"f64/loss.npy", by(2e-12, 2e-15)},
                              {"f64/input.npy", unit},
                              {"f64/grad_input.npy", by(2e-12, 2e-15)},
                              {"f32/logits.npy", by(2e-5)},
                              {"f32/loss.npy", by(2e-5)},
                              {"f32/input.npy", unit},
                              {"f32/grad_input.npy", by(1e-3)}};
  for (const std::string& name : parameters) {
    changes.push_back({"f64/" + name + ".npy", unit});
    changes.push_back({"f32/" + name + ".npy", unit});
    changes.push_back({"f64/grad_" + name + ".npy", by(2e-12, 2e-15)});
    changes.push_back({"f32/grad_" + name + ".npy", by(1e-3)});
  }
  for (const std::string step : {"1", "2", "10"})
    for (const std::string& name : {parameters[0], parameters[5]})
      changes.push_back({"f64/adam_step" + step + "_" + name + ".npy", by(0, 2e-12)});
  return changes;
}

std::vector<Change> pruning_changes() {
  std::vector<Change> changes{{"level_[^/]*/keep1.npy", unit},
                              {"level_[^/]*/keep2.npy", unit},
                              {"model/conv1_scores.npy", by(1e-3)},
                              {"model/conv2_scores.npy", by(1e-3)},
                              {"ties/conv1_weight.npy", {How::Kind::largest}, "smallest"},
                              {"ties/conv2_weight.npy", {How::Kind::largest}, "smallest"},
                              {"ties/kept.json", unit, "conv1_lowest_index_first"},
                              {"ties/kept.json", unit, "conv2_lowest_index_first"},
                              {"levels.json", far_away, "^/levels"},
                              {"levels.json", unit, "^/directories"},
                              {"rejects.json", unit, "reference_verdict"},
                              {"rejects.json", unit, "negative_zero"},
                              {"keep_counts.csv", unit, "keep"}};
  for (const std::string& name : parameters) {
    changes.push_back({"model/" + name + ".npy", unit});
    changes.push_back({"level_[^/]*/" + name + ".npy", unit});
  }
  return changes;
}

std::vector<Change> tables_changes() {
  std::vector<Change> changes = all_columns(
      "layerwise.csv", unit, {"output_elements", "parameter_bytes", "activation_bytes", "macs"});
  append(changes,
         all_columns("hardware_summary.csv", by(2e-12),
                     {"estimated_total_bytes", "estimated_total_macs", "achieved_bandwidth_gbps",
                      "bandwidth_utilization", "achieved_gmacs"}));
  append(changes, all_columns("model_memory.csv", unit, {"fp32_mb", "fp16_mb"}));
  append(changes, all_columns("memory_violations.csv", unit, {"violates_.*"}));
  append(changes, all_columns("sweeps/[^/]*/pareto_latency.csv", unit, {"accuracy"}));
  append(changes, all_columns("sweeps/[^/]*/pareto_energy.csv", unit, {"latency_ms"}));
  append(changes, all_columns("sweeps/[^/]*/sweep.csv", far_away, {"accuracy"}));
  append(changes, all_columns("sweeps/[^/]*/precision_tradeoffs.csv", by(3e-12),
                              {"accuracy_mean", "latency_ms_mean", "memory_mb_mean",
                               "energy_proxy_j_mean", "accepted_ratio"}));
  for (const std::string fact : {"/rows", "accepted_rows", "rejected_rows", "frontier_latency_rows",
                                 "frontier_energy_rows", "best_accuracy", "lowest_latency"})
    changes.push_back({"sweeps/facts.json", unit, fact});
  return changes;
}

std::vector<Change> int8_changes() {
  std::vector<Change> changes{
      {"test_images.npy", far_away},
      {"float/logits.npy", by(2e-5)},
      {"report.json", unit, "int8_weights_and_biases"},
      {"report.json", unit, "int8_with_channel_scales"},
      {"observers/input_histogram.npy", {How::Kind::largest}, "middle of the last histogram"},
      {"observers/classifier_histogram.npy", {How::Kind::largest}, "middle of the last histogram"},
      {"observers/conv1_min_max.npy", unit, "last"},
      {"(fbgemm|qnnpack)/logits.npy", unit},
  };
  for (const std::string& name : parameters)
    changes.push_back({"float/" + name + ".npy", far_away});
  for (const std::string layer : {"conv1", "conv2", "classifier"}) {
    changes.push_back({"(fbgemm|qnnpack)/" + layer + "_weight_int8.npy", unit});
    changes.push_back({"(fbgemm|qnnpack)/" + layer + "_weight_scale.npy", by(1e-6)});
    changes.push_back({"(fbgemm|qnnpack)/" + layer + "_bias.npy", unit});
  }
  for (const std::string tensor :
       {"input", "conv1", "pool1", "conv2", "pool2", "flatten", "classifier"})
    changes.push_back({"(fbgemm|qnnpack)/" + tensor + "_u8.npy", unit});
  for (const std::string key : {"/scale$", "/zero_point$"})
    changes.push_back({"(fbgemm|qnnpack)/scales.json", by(1e-7), key});
  for (const std::string key : {"/updates$", "/min_val$", "/max_val$", "/new_min$", "/new_max$",
                                "/scale$", "/zero_point$", "/minmax_scale$", "/minmax_zero_point$"})
    changes.push_back({"(fbgemm|qnnpack)/observers.json", by(1e-7, 1e-9), key});
  return changes;
}

/// A test: what its folder is made of, and what is changed.
struct Plan {
  std::string cases;  ///< where the smallest case suffices: the folder of all cases
  std::string needs;  ///< a file that this case must have
  std::vector<Change> changes;
};

std::map<std::string, Plan> plans() {
  std::map<std::string, Plan> result;
  result["smallcnn"] = {"smallcnn", "f64/adam_step1_conv1_weight.npy", smallcnn_changes()};
  result["pruning"] = {"", "", pruning_changes()};
  result["half"] = {"half/logits",
                    "",
                    {{"float_bits.npy", {How::Kind::sign}},
                     {"half_bits.npy", unit},
                     {"all_half_to_float_bits.npy", unit},
                     {"logits/[^/]*/pool1_storage_half.npy", units(3)},
                     {"logits/[^/]*/pool2_storage_half.npy", units(3)},
                     {"logits/[^/]*/logits_storage_half.npy", units(5)},
                     {"logits/[^/]*/logits_storage_half_acc64.npy", units(5)},
                     {"logits/[^/]*/logits_torch_half.npy", units(5)}}};
  result["histogram_observer"] = {"",
                                  "",
                                  {{"[^/]*/batch0.npy", far_away},
                                   {"[^/]*/batch1.npy", far_away},
                                   {"[^/]*/histogram.npy", unit},
                                   {"[^/]*/min_max.npy", unit}}};
  append(
      result["histogram_observer"].changes,
      all_columns("qparams.csv", unit,
                  {"batches", "new_min", "new_max", "scale_7bit", "zero_point_7bit", "scale_8bit",
                   "zero_point_8bit", "minmax_scale_7bit", "minmax_zero_point_7bit"}));
  result["quantize"] = {"",
                        "",
                        {{"activation[0-9]*_x.npy", far_away},
                         {"activation[0-9]*_q.npy", unit},
                         {"activation[0-9]*_dequantized.npy", unit},
                         {"activation.csv", by(0.3), "scale"},
                         {"activation.csv", unit, "zero_point"},
                         {".*_accumulator.npy", far_away},
                         {"fbgemm.*_bias.npy", far_away},
                         {"qnnpack.*_bias.npy", far_away},
                         {"fbgemm.*_q.npy", unit},
                         {"qnnpack.*_q.npy", unit},
                         {"requantize.csv", by(0.5), "input_scale"},
                         {"requantize.csv", by(0.5), "weight_scale"},
                         {"requantize.csv", by(0.5), "output_scale"},
                         {"requantize.csv", unit, "output_zero_point"},
                         {"requantize.csv", unit, "relu"}}};
  result["tables"] = {"", "", tables_changes()};
  result["pareto"] = {"",
                      "",
                      {{"[^/]*/points.npy", {How::Kind::lowest}},
                       {"[^/]*/nondominated.npy", unit},
                       {"[^/]*/nondominated_first_of_duplicates.npy", unit},
                       {"result.json", unit, "points"},
                       {"result.json", unit, "dimensions"},
                       {"result.json", unit, "nondominated$"},
                       {"result.json", unit, "nondominated_distinct"},
                       {"result.json", by(2e-12), "value"},
                       {"result.json", by(1e-3), "reference"}}};
  result["statistics"] = {"", "", {{"[^/]*.npy", far_away}}};
  append(result["statistics"].changes,
         all_columns("summary.csv", by(3e-12),
                     {"mean", "population_std", "sample_std", "median", "p95"}));
  append(result["statistics"].changes,
         all_columns("summary.csv", by(1e-9), {"n", "t_975", "ci95_low", "ci95_high"}));
  append(result["statistics"].changes,
         all_columns("t_quantiles.csv", by(2e-10), {"degrees_of_freedom", "t_975"}));
  result["operators"] = {
      "", "", all_columns("operators.csv", by(2e-12), {"batch", "latency_ms", "memory_kb"})};
  append(result["operators"].changes,
         all_columns("totals.csv", by(2e-12),
                     {"latency_ms", "memory_kb", "estimated_bandwidth_mb_s", "stream_utilization",
                      "fp16_memory_kb", "int8_memory_kb"}));
  append(result["operators"].changes,
         all_columns("batch_memory.csv", by(2e-12), {"memory_mb", "adjusted_batch"}));
  append(result["operators"].changes,
         all_columns("compute_utilization.csv", by(2e-12), {"utilization"}));
  result["int8"] = {"int8", "", int8_changes()};
  result["int8 [.mnist]"] = {"int8",
                             "",
                             {{"test_labels.npy", unit},
                              {"(fbgemm|qnnpack)/classifier_u8_first[0-9]*.npy", unit},
                              {"observers/input_histogram.npy", unit, "last"},
                              {"observers/conv2_min_max.npy", by(1e-4), "last"},
                              {"report.json", by(0.01), "accuracy_int8"}}};
  return result;
}

// ---- running ----

std::uintmax_t size_of(const fs::path& folder) {
  std::uintmax_t size = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) size += entry.file_size();
  return size;
}

/// Copies of the cases of a folder: all of it, or with the smallest case only.
void copy_oracles(const fs::path& from, const fs::path& to, const std::string& folder,
                  const Plan& plan) {
  fs::create_directories(to);
  fs::copy(from / folder, to / folder, fs::copy_options::recursive);
  if (plan.cases.empty()) return;
  const fs::path cases = to / plan.cases;
  fs::path smallest;
  for (const auto& entry : fs::directory_iterator(cases))
    if (fs::exists(entry.path() / plan.needs) &&
        (smallest.empty() || size_of(entry) < size_of(smallest)))
      smallest = entry.path();
  if (smallest.empty()) throw std::runtime_error(cases.string() + " holds no case");
  std::vector<fs::path> others;
  for (const auto& entry : fs::directory_iterator(cases))
    if (entry.path() != smallest) others.push_back(entry.path());
  for (const fs::path& other : others) fs::remove_all(other);
  if (folder != "half") return;
  fs::create_directories(to / "smallcnn");  // it reads the network of the same name
  fs::copy(from / "smallcnn" / smallest.filename(), to / "smallcnn" / smallest.filename(),
           fs::copy_options::recursive);
}

/// Exit status of the test with these oracles, and what it printed.
struct Outcome {
  int status;
  std::string printed;
};

Outcome run(const std::string& command, const fs::path& oracles, const fs::path& log) {
  setenv("EDGEOPT_ORACLES", oracles.c_str(), 1);
  const int status = std::system((command + " > '" + log.string() + "' 2>&1").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, read(log)};
}

fs::path largest_match(const fs::path& folder, const std::string& pattern,
                       const std::string& cases) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  // Of a case the path counts from its own folder on.
  const bool in_case = cases.find('/') == std::string::npos && !cases.empty();
  const std::regex expression((in_case ? "[^/]*/" : "") + pattern);
  fs::path largest;
  for (const fs::path& file : files)
    if (std::regex_match(fs::relative(file, folder).string(), expression) &&
        (largest.empty() || fs::file_size(file) > fs::file_size(largest)))
      largest = file;
  if (!largest.empty()) return largest;
  throw std::runtime_error("no file " + pattern + " in " + folder.string());
}

std::string make_change(const fs::path& file, const Change& change) {
  const std::string kind = file.extension().string();
  if (kind == ".npy") return change_npy(file, change.how, change.place);
  if (kind == ".csv") return change_csv(file, change.how, change.place);
  return change_json(file, change.how, change.place);
}

int test_the_test(const std::string& executable, const std::string& folder,
                  const std::string& argument) {
  const fs::path original = oracles::folder();
  const Plan plan = plans().at(argument.empty() ? folder : folder + " " + argument);
  const std::string command = "'" + executable + "' '" + argument + "'";
  TemporaryFolder temporary;
  const fs::path log = temporary.path() / "log";
  int failures = 0;
  const auto expect = [&](bool holds, const std::string& what, const Outcome& outcome) {
    std::printf("%s: %s\n", holds ? "as it should" : "NOT as it should", what.c_str());
    if (holds) return;
    ++failures;
    std::printf("exit status %d; it printed:\n%s\n", outcome.status, outcome.printed.c_str());
  };

  const fs::path copy = temporary.path() / "oracles";
  copy_oracles(original, copy, folder, plan);
  const Outcome unchanged = run(command, copy, log);
  if (unchanged.status == 77 || unchanged.printed.find("skipped: ") != std::string::npos) {
    std::printf("%s", unchanged.printed.c_str());
    return 77;
  }
  expect(unchanged.status == 0, "an unchanged copy passes", unchanged);

  for (const Change& change : plan.changes) {
    const fs::path file = largest_match(copy / folder, change.file, plan.cases);
    const std::string before = read(file);
    const std::string what = make_change(file, change);
    const Outcome outcome = run(command, copy, log);
    write(file, before);
    expect(outcome.status != 0 && outcome.status != 77,
           fs::relative(file, copy).string() + ", " + what + ": fails", outcome);
  }

  const fs::path nothing = temporary.path() / "nothing";
  fs::create_directories(nothing / folder);
  const Outcome empty = run(command, nothing, log);
  expect(empty.status != 0 && empty.status != 77, "a folder that holds no case: fails", empty);
  const Outcome missing = run(command, temporary.path() / "missing", log);
  expect(missing.status == 77 && missing.printed.starts_with("skipped: no oracles"),
         "no oracles at all: skipped", missing);
  std::printf("%zu changes, %d failures\n", plan.changes.size(), failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::printf("usage: %s <executable> <folder of the oracles> [<argument>]\n", argv[0]);
    return 2;
  }
  if (!fs::is_directory(oracles::folder())) {
    std::printf("skipped: no oracles at %s; set EDGEOPT_ORACLES to their folder\n",
                oracles::folder().c_str());
    return 77;
  }
  try {
    return test_the_test(argv[1], argv[2], argc > 3 ? argv[3] : "");
  } catch (const std::exception& error) {
    std::printf("failed: %s\n", error.what());
    return 1;
  }
}
