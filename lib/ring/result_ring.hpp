// The results of one worker on their way to the master: a ring of bytes with one producer and one consumer.
//
// `tail` and `head` count the bytes ever written and ever read. A record consists of a header, its stamps if it has any, and its
// payload, padded to 8 bytes. A record is always contiguous: if it would cross the end of the ring, a `pad` record fills the rest of
// the lap. A larger payload is sent as several records. All but the last are marked `more`. The first contains the size of the whole,
// so that the consumer can write the pieces to their final place.
//   producer: writes the record, then stores `tail` (seq_cst, as it reads the bell next)
//   consumer: loads `tail` (acquire), reads the records, then stores `head` (seq_cst, as it reads `credit_wanted` next)
// The consumer ignores what a dead producer had written after `tail`.
#pragma once

#include "ring/fault_point.hpp"
#include "ring/region.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace prun::ring {

enum class RecordKind : std::uint8_t {
  value,    ///< the item's result
  failure,  ///< an encoded failure (wire/failure.hpp)
  dropped,  ///< this item and all later items of the chunk were not begun: the encoded failure of each
  broken,   ///< the worker's initializer failed: an encoded failure; belongs to no chunk
  pad,      ///< unused bytes up to the end of the ring
};

enum class Timed : std::uint8_t {
  no,       ///< no stamps
  times,    ///< start and duration
  usage,    ///< all of them
  assumed,  ///< start and duration. Its user time is its duration, and its peak is that of the worker's last record
            ///< with all stamps
};

struct RecordHeader {
  std::uint32_t size;  ///< bytes of payload in this record
  RecordKind kind;
  std::uint8_t more;    ///< 1: the payload continues in the next record
  Timed timed;          ///< which part of the Stamps follows
  std::uint8_t first;   ///< 1: the first of several; its payload begins with the size of the whole, in 8 bytes
  std::uint32_t chunk;  ///< Chunk::id
  std::uint32_t item;   ///< position within the chunk
};
static_assert(sizeof(RecordHeader) == 16);
inline constexpr std::size_t pad_bytes = 8;  ///< minimum size of a pad record: only size, kind and flags

/// Start of an item's call (CLOCK_MONOTONIC) and its duration, in nanoseconds, and the resource usage of the process, if
/// requested.
struct Stamps {
  std::int64_t started;
  std::int64_t duration;
  std::int64_t user_us;
  std::int64_t system_us;
  std::uint32_t max_rss_kib;
  std::uint32_t minor_faults;
  std::uint32_t major_faults;
  Timed timed;  ///< which of the fields before it are set: not `no`
};
inline constexpr std::size_t bytes_of_times = 2 * sizeof(std::int64_t);

[[nodiscard]] constexpr std::size_t stamp_bytes(Timed timed) noexcept {
  return timed == Timed::no ? 0 : timed == Timed::usage ? sizeof(Stamps) : bytes_of_times;
}

/// The largest payload of one record.
[[nodiscard]] inline std::uint32_t largest_piece(std::uint32_t ring_bytes) noexcept { return ring_bytes / 4; }

[[nodiscard]] constexpr std::uint64_t record_bytes(std::uint32_t payload, Timed timed) noexcept {
  return (sizeof(RecordHeader) + stamp_bytes(timed) + payload + 7) & ~std::uint64_t{7};
}

/// The worker's side.
class ResultProducer {
 public:
  ResultProducer(const Region& region, std::uint32_t worker) noexcept
      : block_(&region.worker(worker)),
        ring_(region.results(worker)),
        size_(region.header().result_bytes),
        tail_(block_->tail.load(std::memory_order_relaxed)),
        head_(block_->head.load(std::memory_order_acquire)) {}

  [[nodiscard]] std::uint32_t largest_piece() const noexcept { return ring::largest_piece(size_); }

  /// Begins a record. Returns the place for its payload, or null if there is no room now.
  /// @param stamps null if the header says that there are none
  [[nodiscard]] std::byte* begin(const RecordHeader& header, const Stamps* stamps) noexcept {
    const std::uint64_t bytes = record_bytes(header.size, header.timed);
    const std::uint64_t to_end = size_ - (tail_ & (size_ - 1));
    const std::uint64_t needed = bytes <= to_end ? bytes : bytes + to_end;
    if (tail_ + needed - head_ > size_) {
      head_ = block_->head.load(std::memory_order_seq_cst);  // after `credit_wanted`: check for room
      if (tail_ + needed - head_ > size_) return nullptr;
    }
    if (bytes > to_end) {
      const RecordHeader pad{0, RecordKind::pad, 0, Timed::no, 0, 0, 0};
      std::memcpy(at(tail_), &pad, pad_bytes);
      tail_ += to_end;
      PRUN_FAULT_POINT("padded");
    }
    std::byte* place = at(tail_);
    std::memcpy(place, &header, sizeof header);
    place += sizeof header;
    if (header.timed != Timed::no && stamps != nullptr) {
      std::memcpy(place, stamps, bytes_of_times);
      if (header.timed == Timed::usage) std::memcpy(place, stamps, sizeof *stamps);
      place += stamp_bytes(header.timed);
    }
    tail_ += bytes;
    PRUN_FAULT_POINT("record begun");
    return place;
  }

  /// Makes all records that were begun visible to the consumer.
  void commit() noexcept {
    block_->tail.store(tail_, std::memory_order_seq_cst);
    PRUN_FAULT_POINT("committed");
  }

  /// Returns true if more than half of the ring is unread, as far as is known without reading shared words.
  [[nodiscard]] bool half_full() noexcept {
    if (tail_ - head_ < size_ / 2) return false;
    head_ = block_->head.load(std::memory_order_acquire);
    return tail_ - head_ >= size_ / 2;
  }

  /// The consumer has read everything.
  [[nodiscard]] bool drained() noexcept {
    head_ = block_->head.load(std::memory_order_seq_cst);
    return tail_ == head_;
  }

 private:
  [[nodiscard]] std::byte* at(std::uint64_t position) const noexcept { return ring_ + (position & (size_ - 1)); }

  WorkerBlock* block_;
  std::byte* ring_;
  std::uint32_t size_;
  std::uint64_t tail_;
  std::uint64_t head_;
};

/// One record as the consumer sees it. The payload is valid until `release`.
struct Record {  // NOLINT(cppcoreguidelines-pro-type-member-init): filled in by next()
  RecordHeader header;
  Stamps stamps;
  std::string_view payload;
};

/// The master's side. It checks everything: after an invalid record it reads no more, and `corrupt()` is true.
class ResultConsumer {
 public:
  ResultConsumer(const Region& region, std::uint32_t worker) noexcept
      : block_(&region.worker(worker)), ring_(region.results(worker)), size_(region.header().result_bytes) {}

  [[nodiscard]] bool has_data() const noexcept { return block_->tail.load(std::memory_order_seq_cst) != head_; }

  /// Returns true if so much is unread that the consumer should read now. A large record may not fit before the ring is half full;
  /// then the producer reports it.
  [[nodiscard]] bool half_full() const noexcept {
    return block_->tail.load(std::memory_order_acquire) - head_ >= size_ / 2 ||
           block_->credit_wanted.load(std::memory_order_seq_cst) != 0;
  }

  /// Reads the next record if it is complete.
  [[nodiscard]] bool next(Record& record) noexcept {
    if (corrupt_) return false;
    for (;;) {
      if (head_ == tail_) {
        tail_ = block_->tail.load(std::memory_order_acquire);
        if (head_ == tail_) return false;
      }
      const std::uint64_t to_end = size_ - (head_ & (size_ - 1));
      const std::uint64_t there = tail_ - head_;
      if (there > size_ || (there & 7) != 0) return refuse();
      std::memcpy(&record.header, ring_ + (head_ & (size_ - 1)),
                  to_end < sizeof record.header ? pad_bytes : sizeof record.header);
      if (record.header.kind == RecordKind::pad) {
        // Only if the next record did not fit: a producer cannot occupy the consumer with pads alone.
        if (to_end >= there || to_end >= record_bytes(ring::largest_piece(size_), Timed::usage)) return refuse();
        head_ += to_end;
        continue;
      }
      return take(record, to_end < there ? to_end : there);
    }
  }

  /// Frees the room of all records that were read. Returns true if the producer sleeps for that and must be woken.
  [[nodiscard]] bool release() noexcept {
    block_->head.store(head_, std::memory_order_seq_cst);
    return block_->credit_wanted.load(std::memory_order_seq_cst) != 0;
  }

  /// Bytes read and not yet released.
  [[nodiscard]] std::uint64_t unreleased() const noexcept {
    return head_ - block_->head.load(std::memory_order_relaxed);
  }

  [[nodiscard]] bool corrupt() const noexcept { return corrupt_; }

  /// Empties the ring for the worker that replaces a dead one. No process may be writing.
  void reset() noexcept {
    head_ = tail_ = 0;
    last_max_rss_kib_ = 0;
    corrupt_ = false;
    block_->tail.store(0, std::memory_order_relaxed);
    block_->head.store(0, std::memory_order_relaxed);
    block_->credit_wanted.store(0, std::memory_order_relaxed);
  }

 private:
  bool refuse() noexcept {
    corrupt_ = true;
    head_ = tail_;
    return false;
  }

  [[nodiscard]] bool take(Record& record, std::uint64_t there) noexcept {
    const Timed timed = record.header.timed;
    const std::uint64_t bytes = record_bytes(record.header.size, timed);
    if (bytes > there || record.header.kind >= RecordKind::pad || record.header.size > ring::largest_piece(size_) ||
        timed > Timed::assumed) {
      return refuse();
    }
    const std::byte* at = ring_ + (head_ & (size_ - 1)) + sizeof(RecordHeader);
    if (timed != Timed::no) {
      take_stamps(record.stamps, timed, at);
      at += stamp_bytes(timed);
    }
    record.payload = {reinterpret_cast<const char*>(at), record.header.size};
    head_ += bytes;
    return true;
  }

  void take_stamps(Stamps& stamps, Timed timed, const std::byte* at) noexcept {
    if (timed == Timed::usage) {
      std::memcpy(&stamps, at, sizeof stamps);
      last_max_rss_kib_ = stamps.max_rss_kib;
    } else {
      std::memcpy(&stamps, at, bytes_of_times);
      if (timed == Timed::assumed) {
        stamps.user_us = stamps.duration / 1000;
        stamps.system_us = 0;
        stamps.max_rss_kib = last_max_rss_kib_;
        stamps.minor_faults = stamps.major_faults = 0;
      }
    }
    stamps.timed = timed;
  }

  WorkerBlock* block_;
  const std::byte* ring_;
  std::uint32_t size_;
  std::uint64_t head_ = 0;
  std::uint64_t tail_ = 0;
  std::uint32_t last_max_rss_kib_ = 0;
  bool corrupt_ = false;
};

}  // namespace prun::ring
