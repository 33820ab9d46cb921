// Memory for arguments that are too large for a slot, in shared memory. Only the master allocates and frees. Its bookkeeping
// is private memory, so the death of a worker cannot damage it.
#pragma once

#include "ring/region.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace prun::ring {

class Arena {
 public:
  explicit Arena(const Region& region) noexcept;

  /// Returns the offset of `size` bytes (size > 0), or nothing if there is no room.
  [[nodiscard]] std::optional<std::uint64_t> allocate(std::size_t size);

  /// Frees what `allocate(size)` returned.
  void free(std::uint64_t offset, std::size_t size);

  [[nodiscard]] std::byte* at(std::uint64_t offset) const noexcept { return base_ + offset; }

  /// Bytes allocated now, as requested.
  [[nodiscard]] std::size_t used() const noexcept { return used_; }

 private:
  // Small blocks: powers of two from 64 bytes on, with a free list for each size, cut from slabs that are never freed. Large
  // ones: whole pages, first fit. Freed neighbours are joined, and pages of a freed megabyte return to the system.
  static constexpr std::size_t smallest = 64;
  static constexpr std::size_t largest_small = 32 << 10;
  static constexpr std::size_t slab = 64 << 10;
  static constexpr std::size_t classes = 10;
  static_assert(smallest << (classes - 1) == largest_small);

  [[nodiscard]] static std::size_t size_class(std::size_t size) noexcept;
  [[nodiscard]] std::optional<std::uint64_t> allocate_pages(std::size_t bytes);
  void free_pages(std::uint64_t offset, std::size_t bytes);

  const Region* region_;
  std::byte* base_;
  std::array<std::vector<std::uint64_t>, classes> small_;
  std::uint64_t slab_at_ = 0;
  std::uint64_t slab_end_ = 0;
  std::map<std::uint64_t, std::size_t> holes_;  // free pages: offset -> bytes
  std::size_t used_ = 0;
};

}  // namespace prun::ring
