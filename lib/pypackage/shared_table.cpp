#include "pypackage/shared_table.hpp"

#include "sys/error.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <ctime>
#include <memory>
#include <utility>

namespace prun::pypackage {
namespace {

constexpr std::size_t room_for_functions = std::size_t{1} << 20;
constexpr std::size_t alignment = 8;

/// An entry. The same fields follow the place in a prefix.
struct EntryHead {
  double timeout;
  std::uint32_t size;
  Callable::Form form;
  bool for_executor;
  bool in_place;
  bool by_name;
};

std::string entry_of(const Callable& callable) {
  const EntryHead head{callable.timeout,  static_cast<std::uint32_t>(callable.pickle.size()),
                       callable.form,     callable.for_executor,
                       callable.in_place, callable.by_name};
  std::string entry(sizeof head, '\0');
  std::memcpy(entry.data(), &head, sizeof head);
  return entry.append(callable.pickle);
}

Callable callable_at(const char* entry) {
  EntryHead head{};
  std::memcpy(&head, entry, sizeof head);
  return {head.form, head.for_executor, head.in_place, head.by_name, head.timeout, {entry + sizeof head, head.size}};
}

std::size_t aligned(std::size_t size) { return (size + alignment - 1) / alignment * alignment; }

std::int64_t now_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

struct SharedTable::Header {
  std::uint32_t workers = 0;
  std::uint32_t used = 0;  ///< bytes of the whole; the master's
};
struct SharedTable::Note {
  std::atomic<std::int32_t> pid{0};
  std::atomic<std::int64_t> until{0};
  std::atomic<double> limit{0};
};

SharedTable::SharedTable(std::uint32_t workers)
    : memory_(sys::checked(::memfd_create("prun-functions", MFD_CLOEXEC), "memfd_create")) {
  const std::size_t head = sizeof(Header) + workers * sizeof(Note);
  sys::checked(::ftruncate(memory_.get(), static_cast<off_t>(head + room_for_functions)), "ftruncate");
  map(head + room_for_functions);
  std::construct_at(&header(), Header{workers, static_cast<std::uint32_t>(aligned(head))});
}

SharedTable::SharedTable(sys::Fd memory) : memory_(std::move(memory)) {
  map(static_cast<std::size_t>(sys::checked(::lseek(memory_.get(), 0, SEEK_END), "lseek")));
}

SharedTable::~SharedTable() { ::munmap(data_, size_); }

void SharedTable::map(std::size_t size) {
  void* const data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.get(), 0);
  if (data == MAP_FAILED) sys::throw_errno("mmap");
  data_ = static_cast<char*>(data);
  size_ = size;
}

SharedTable::Header& SharedTable::header() const noexcept { return *reinterpret_cast<Header*>(data_); }
SharedTable::Note* SharedTable::notes() const noexcept { return reinterpret_cast<Note*>(data_ + sizeof(Header)); }

std::string SharedTable::prefix_of(const Callable& callable) {
  const std::string entry = entry_of(callable);
  std::uint32_t place = inline_place;
  if (callable.by_name) {
    const std::lock_guard guard(mutex_);
    const auto known = places_.find(entry);
    if (known != places_.end()) {
      place = known->second;
    } else if (header().used + entry.size() <= size_) {
      place = header().used;
      std::memcpy(data_ + place, entry.data(), entry.size());
      header().used += static_cast<std::uint32_t>(aligned(entry.size()));
      places_.emplace(entry, place);
    }
  }
  std::string prefix(sizeof place, '\0');
  std::memcpy(prefix.data(), &place, sizeof place);
  return place == inline_place ? prefix.append(entry) : prefix;
}

SharedTable::Found SharedTable::take(std::string_view& payload) const {
  Found found;
  std::memcpy(&found.place, payload.data(), sizeof found.place);
  payload.remove_prefix(sizeof found.place);
  if (found.place != inline_place) {
    found.callable = callable_at(data_ + found.place);
    return found;
  }
  found.callable = callable_at(payload.data());
  payload.remove_prefix(sizeof(EntryHead) + found.callable.pickle.size());
  return found;
}

void SharedTable::note(std::uint32_t worker, std::int32_t pid, std::int64_t until, double limit) noexcept {
  Note& note = notes()[worker];
  note.pid.store(pid, std::memory_order_relaxed);
  note.limit.store(limit, std::memory_order_relaxed);
  note.until.store(until, std::memory_order_release);
}

std::optional<double> SharedTable::exceeded_limit(std::int32_t pid) const noexcept {
  for (std::uint32_t i = 0; i < header().workers; ++i) {
    const Note& note = notes()[i];
    if (note.pid.load(std::memory_order_relaxed) != pid) continue;
    const std::int64_t until = note.until.load(std::memory_order_acquire);
    if (until == 0 || now_ns() < until) return std::nullopt;
    return note.limit.load(std::memory_order_relaxed);
  }
  return std::nullopt;
}

}  // namespace prun::pypackage
