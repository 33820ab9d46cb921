// A list of records that only grows. The first records are in memory, the rest in an unnamed temporary file. It does not know the
// meaning of a record.
#pragma once

#include "sys/fd.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace prun::history {

/// The part of a list that is in a file. After an error nothing more is written, and `error` says why.
class RecordFile {
 public:
  /// Returns false if the block cannot be stored.
  [[nodiscard]] bool append(const void* bytes, std::size_t size) noexcept;
  /// @throws std::system_error if it cannot be read
  void read(void* bytes, std::size_t size, std::uint64_t offset) const;
  [[nodiscard]] const std::optional<std::string>& error() const noexcept { return error_; }

 private:
  sys::Fd file_;
  std::uint64_t size_ = 0;
  std::optional<std::string> error_;
};

/// Allocates that many bytes, aligned to the same number. @throws std::bad_alloc
[[nodiscard]] void* allocate_block(std::size_t bytes);
void free_block(void* block) noexcept;

template <class Record>
class RecordStore {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  /// @param in_memory number of records that stay in memory; one more block while the list grows
  explicit RecordStore(std::uint64_t in_memory) noexcept : in_memory_(in_memory) {}

  void add(const Record& record) {
    if (room_ == 0) make_room();
    if (room_ == 0) return;
    *next_++ = record;
    --room_;
    ++size_;
  }

  /// The number of stored records.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// The reason why later records are missing; absent: none is missing.
  [[nodiscard]] const std::optional<std::string>& error() const noexcept { return file_.error(); }

  /// Calls `visit(record)` for each record, in order. @throws std::system_error if the file cannot be read
  template <class Visit>
  void for_each(Visit visit) const {
    const auto visit_block = [&](const Block& block, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) visit((*block)[i]);
    };
    const std::size_t last = per_block - room_;  // as many are in the block that grows
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      visit_block(blocks_[i], i + 1 == blocks_.size() && !overflow_ ? last : per_block);
    }
    if (!overflow_) return;
    const Block read(new_block());
    for (std::uint64_t i = 0; i < in_file_; ++i) {
      file_.read(read->data(), sizeof(Records), i * sizeof(Records));
      visit_block(read, per_block);
    }
    visit_block(overflow_, last);
  }

 private:
  // Uses huge pages if the system has them, because touching many small pages would cost more than everything else.
  static constexpr std::size_t block_bytes = std::size_t{2} << 20;
  static constexpr std::size_t per_block = block_bytes / sizeof(Record);
  using Records = std::array<Record, per_block>;
  struct Free {
    void operator()(Records* records) const noexcept { free_block(records); }
  };
  using Block = std::unique_ptr<Records, Free>;

  static Records* new_block() { return static_cast<Records*>(allocate_block(block_bytes)); }

  void make_room() {
    if (file_.error()) return;
    if (overflow_) {
      if (!file_.append(overflow_->data(), sizeof(Records))) return;
      ++in_file_;
    } else if (size_ < in_memory_) {
      grow(blocks_.emplace_back(new_block()));
      return;
    } else {
      overflow_.reset(new_block());
    }
    grow(overflow_);
  }

  void grow(const Block& block) noexcept {
    next_ = block->data();
    room_ = per_block;
  }

  std::uint64_t in_memory_;
  std::uint64_t size_ = 0;
  Record* next_ = nullptr;
  std::size_t room_ = 0;
  std::vector<Block> blocks_;
  Block overflow_;             ///< on its way to the file
  std::uint64_t in_file_ = 0;  ///< number of blocks
  RecordFile file_;
};

}  // namespace prun::history
