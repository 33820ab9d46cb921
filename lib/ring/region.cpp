#include "ring/region.hpp"

#include <bit>
#include <memory>
#include <stdexcept>
#include <utility>

namespace prun::ring {
namespace {

std::size_t whole_pages(std::size_t bytes) {
  const std::size_t page = sys::page_size();
  return (bytes + page - 1) / page * page;
}

std::size_t sleeper_words(const Geometry& g) { return (g.workers + 63) / 64; }

std::size_t control_bytes(const Geometry& g) {
  return whole_pages(sizeof(Header) + sleeper_words(g) * sizeof(SleeperWord) + g.slots * sizeof(TaskSlot) +
                     g.slots * sizeof(std::uint64_t) + g.workers * sizeof(WorkerBlock));
}

std::size_t result_bytes(const Geometry& g) { return std::size_t{g.workers} * g.result_bytes; }

const Geometry& checked(const Geometry& g) {
  if (g.workers == 0 || !std::has_single_bit(g.slots) || !std::has_single_bit(g.result_bytes) ||
      g.result_bytes < sys::page_size()) {
    throw std::invalid_argument("a ring needs a worker, and powers of two as sizes");
  }
  return g;
}

template <class T>
std::span<T> place(std::byte*& at, std::size_t count) noexcept {
  T* first = reinterpret_cast<T*>(at);
  at += count * sizeof(T);
  return {first, count};
}

template <class T>
void construct(std::span<T> all) {
  for (T& one : all) std::construct_at(&one);
}

}  // namespace

Region::Region(const Geometry& g)
    : memory_(control_bytes(checked(g)) + result_bytes(g) + whole_pages(g.arena_bytes),
              control_bytes(g) + result_bytes(g) + (std::size_t{1} << 20)) {
  lay_out(g);
  // Slots stay as the zeros of fresh memory, which TaskRing reads as free. So their pages are touched only when used.
  std::construct_at(header_);
  construct(sleepers_);
  construct(workers_);
  header_->slot_count = g.slots;
  header_->worker_count = g.workers;
  header_->result_bytes = g.result_bytes;
}

Region::Region(sys::SharedMemory memory) : memory_(std::move(memory)) {
  const auto* header = reinterpret_cast<const Header*>(memory_.data());
  lay_out({header->worker_count, header->slot_count, header->result_bytes, 0});
}

void Region::lay_out(const Geometry& g) noexcept {
  std::byte* at = memory_.data();
  header_ = place<Header>(at, 1).data();
  sleepers_ = place<SleeperWord>(at, sleeper_words(g));
  workers_ = place<WorkerBlock>(at, g.workers);
  slots_ = place<TaskSlot>(at, g.slots);
  calls_ = place<std::uint64_t>(at, g.slots);
  results_ = memory_.data() + control_bytes(g);
  std::byte* arena = results_ + result_bytes(g);
  arena_ = {arena, static_cast<std::size_t>(memory_.data() + memory_.size() - arena)};
}

}  // namespace prun::ring
