// Divides the shared memory into its parts.
#pragma once

#include "ring/layout.hpp"
#include "sys/shared_memory.hpp"

#include <cstdint>
#include <span>

namespace prun::ring {

struct Geometry {
  std::uint32_t workers = 1;
  std::uint32_t slots = 4096;                      ///< a power of two
  std::uint32_t result_bytes = 64 << 10;           ///< a power of two, at least a page
  std::size_t arena_bytes = std::size_t{1} << 36;  ///< address space for large arguments; memory is used only as needed
};

class Region {
 public:
  /// @throws std::system_error if the memory is not available, std::invalid_argument for an invalid geometry
  explicit Region(const Geometry& geometry);
  /// Maps a region that another process has made.
  explicit Region(sys::SharedMemory memory);

  [[nodiscard]] Header& header() const noexcept { return *header_; }
  [[nodiscard]] std::span<SleeperWord> sleepers() const noexcept { return sleepers_; }
  [[nodiscard]] std::span<TaskSlot> slots() const noexcept { return slots_; }
  /// For each slot, the number of the call (map, imap or submit) of its chunk.
  [[nodiscard]] std::span<std::uint64_t> calls() const noexcept { return calls_; }
  [[nodiscard]] WorkerBlock& worker(std::uint32_t index) const noexcept { return workers_[index]; }
  [[nodiscard]] std::byte* results(std::uint32_t worker) const noexcept {
    return results_ + std::size_t{worker} * header_->result_bytes;
  }
  [[nodiscard]] std::span<std::byte> arena() const noexcept { return arena_; }
  [[nodiscard]] const sys::SharedMemory& memory() const noexcept { return memory_; }

 private:
  void lay_out(const Geometry& geometry) noexcept;

  sys::SharedMemory memory_;
  Header* header_ = nullptr;
  std::span<SleeperWord> sleepers_;
  std::span<TaskSlot> slots_;
  std::span<std::uint64_t> calls_;
  std::span<WorkerBlock> workers_;
  std::byte* results_ = nullptr;
  std::span<std::byte> arena_;
};

}  // namespace prun::ring
