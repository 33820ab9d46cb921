// Joins the pieces of a large record as they arrive. It uses malloc(), so that realloc() can move pages instead of copying
// bytes: a result of gigabytes is never in memory twice.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

namespace prun::dispatch {

class Pieces {
 public:
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::string_view view() const noexcept { return {data_.get(), size_}; }

  void append(std::string_view piece) {
    if (piece.empty()) return;
    if (piece.size() > capacity_ - size_) grow(size_ + piece.size());
    std::memcpy(data_.get() + size_, piece.data(), piece.size());
    size_ += piece.size();
  }

  /// Frees the memory.
  void clear() noexcept {
    data_.reset();
    size_ = capacity_ = 0;
  }

 private:
  struct Free {
    void operator()(char* memory) const noexcept { std::free(memory); }  // NOLINT(cppcoreguidelines-no-malloc)
  };

  void grow(std::size_t needed) {
    const std::size_t wanted = std::max(needed, capacity_ * 2);
    char* larger = static_cast<char*>(std::realloc(data_.get(), wanted));  // NOLINT(cppcoreguidelines-no-malloc)
    if (larger == nullptr) throw std::bad_alloc();
    static_cast<void>(data_.release());
    data_.reset(larger);
    capacity_ = wanted;
  }

  std::unique_ptr<char[], Free> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace prun::dispatch
