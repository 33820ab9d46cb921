#include "ring/arena.hpp"

#include <bit>
#include <iterator>

namespace prun::ring {
namespace {

std::size_t whole_pages(std::size_t bytes) noexcept {
  const std::size_t page = sys::page_size();
  return (bytes + page - 1) / page * page;
}

constexpr std::size_t worth_returning = std::size_t{1} << 20;

}  // namespace

Arena::Arena(const Region& region) noexcept : region_(&region), base_(region.arena().data()) {
  holes_.emplace(0, region.arena().size() / sys::page_size() * sys::page_size());
}

std::size_t Arena::size_class(std::size_t size) noexcept {
  return size <= smallest ? 0 : static_cast<std::size_t>(std::bit_width((size - 1) / smallest));
}

std::optional<std::uint64_t> Arena::allocate(std::size_t size) {
  if (size > largest_small) {
    const auto offset = allocate_pages(whole_pages(size));
    if (offset) used_ += size;
    return offset;
  }
  const std::size_t cls = size_class(size);
  auto& list = small_[cls];
  std::uint64_t offset = 0;
  if (!list.empty()) {
    offset = list.back();
    list.pop_back();
  } else {
    const std::size_t block = smallest << cls;
    if (slab_end_ - slab_at_ < block) {
      const auto fresh = allocate_pages(slab);
      if (!fresh) return std::nullopt;
      slab_at_ = *fresh;
      slab_end_ = slab_at_ + slab;
    }
    offset = slab_at_;
    slab_at_ += block;
  }
  used_ += size;
  return offset;
}

void Arena::free(std::uint64_t offset, std::size_t size) {
  used_ -= size;
  if (size > largest_small) {
    free_pages(offset, whole_pages(size));
  } else {
    small_[size_class(size)].push_back(offset);
  }
}

std::optional<std::uint64_t> Arena::allocate_pages(std::size_t bytes) {
  for (auto hole = holes_.begin(); hole != holes_.end(); ++hole) {
    if (hole->second < bytes) continue;
    const std::uint64_t offset = hole->first;
    const std::size_t rest = hole->second - bytes;
    holes_.erase(hole);
    if (rest != 0) holes_.emplace(offset + bytes, rest);
    return offset;
  }
  return std::nullopt;
}

void Arena::free_pages(std::uint64_t offset, std::size_t bytes) {
  if (bytes >= worth_returning) {
    region_->memory().discard(static_cast<std::size_t>(base_ - region_->memory().data()) + offset, bytes);
  }
  auto next = holes_.lower_bound(offset);
  if (next != holes_.end() && next->first == offset + bytes) {
    bytes += next->second;
    next = holes_.erase(next);
  }
  if (next != holes_.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == offset) {
      before->second += bytes;
      return;
    }
  }
  holes_.emplace(offset, bytes);
}

}  // namespace prun::ring
