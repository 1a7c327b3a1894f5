// SPDX-License-Identifier: MIT
// All forms of operator new and delete, since a sanitizer's own would not match ours.
#include "allocation_counter.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::int64_t> allocations = 0;

void* allocate(std::size_t bytes, std::size_t boundary) noexcept {
  ++allocations;
  return std::aligned_alloc(boundary, (bytes + boundary) / boundary * boundary);
}

void* allocate_or_throw(std::size_t bytes, std::size_t boundary) {
  void* const memory = allocate(bytes, boundary);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

constexpr std::size_t usual = alignof(std::max_align_t);
constexpr std::size_t of(std::align_val_t alignment) {
  return static_cast<std::size_t>(alignment);
}

}  // namespace

std::int64_t allocation_counter::count() {
  return allocations;
}

void* operator new(std::size_t n) {
  return allocate_or_throw(n, usual);
}
void* operator new[](std::size_t n) {
  return allocate_or_throw(n, usual);
}
void* operator new(std::size_t n, std::align_val_t a) {
  return allocate_or_throw(n, of(a));
}
void* operator new[](std::size_t n, std::align_val_t a) {
  return allocate_or_throw(n, of(a));
}
void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
  return allocate(n, usual);
}
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept {
  return allocate(n, usual);
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
