#include "sys/module_table.hpp"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

namespace prun::sys {
namespace {

constexpr std::size_t table_bytes = std::size_t{1} << 20;

struct Head {
  std::atomic<std::uint64_t> used{0};  ///< bytes of records after this struct
};

struct Record {
  std::uint64_t base;
  std::uint64_t begin;
  std::uint64_t end;
  std::uint64_t print;
  std::uint64_t path_size;
};

std::uint64_t whole_words(std::uint64_t bytes) { return (bytes + 7) / 8 * 8; }

/// FNV-1a
void add_to_print(std::uint64_t& print, const void* bytes, std::size_t size) {
  for (const auto* at = static_cast<const unsigned char*>(bytes); size != 0; --size) {
    print = (print ^ *at++) * 0x100000001b3U;
  }
}

Module module_of(const dl_phdr_info& info) {
  Module module{info.dlpi_name, info.dlpi_addr, UINTPTR_MAX, 0, 0xcbf29ce484222325U};
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const auto& part = info.dlpi_phdr[i];
    add_to_print(module.print, &part, sizeof part);
    const std::uintptr_t at = info.dlpi_addr + part.p_vaddr;
    if (part.p_type == PT_NOTE) add_to_print(module.print, reinterpret_cast<const void*>(at), part.p_memsz);
    if (part.p_type != PT_LOAD) continue;
    module.begin = std::min(module.begin, at);
    module.end = std::max(module.end, at + part.p_memsz);
  }
  return module;
}

bool covers(const Module& module, std::uintptr_t address) { return address >= module.begin && address < module.end; }

bool same_place(const Module& a, const Module& b) {
  return a.base == b.base && a.begin == b.begin && a.end == b.end && a.print == b.print && a.path == b.path;
}

Head& head_of(const SharedMemory& memory) { return *std::launder(reinterpret_cast<Head*>(memory.data())); }

}  // namespace

std::vector<Module> loaded_modules() {
  std::vector<Module> modules;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        static_cast<std::vector<Module>*>(data)->push_back(module_of(*info));
        return 0;
      },
      &modules);
  return modules;
}

ModuleTable::ModuleTable() : memory_(table_bytes, table_bytes) {
  std::construct_at(reinterpret_cast<Head*>(memory_.data()));
  update();
}

void ModuleTable::update() {
  std::pair<std::uint64_t, std::uint64_t> counts;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        *static_cast<std::pair<std::uint64_t, std::uint64_t>*>(data) = {info->dlpi_adds, info->dlpi_subs};
        return 1;
      },
      &counts);
  if (counts == std::pair{loads_, unloads_}) return;
  const std::vector<Module> now = loaded_modules();
  for (const Module& module : now) {
    const auto same = [&](const Module& known) { return same_place(known, module); };
    if (std::ranges::none_of(known_, same)) append(module);
  }
  known_ = now;
  loads_ = counts.first;
  unloads_ = counts.second;
}

// If the table is full, readers do not know later files.
void ModuleTable::append(const Module& module) {
  Head& head = head_of(memory_);
  const std::uint64_t used = head.used.load(std::memory_order_relaxed);
  const std::uint64_t size = sizeof(Record) + whole_words(module.path.size());
  if (sizeof(Head) + used + size > memory_.size()) return;
  std::byte* const at = memory_.data() + sizeof(Head) + used;
  const Record record{module.base, module.begin, module.end, module.print, module.path.size()};
  std::memcpy(at, &record, sizeof record);
  std::memcpy(at + sizeof record, module.path.data(), module.path.size());
  head.used.store(used + size, std::memory_order_release);
}

PeerModules::PeerModules(SharedMemory table) : table_(std::move(table)) {}

void PeerModules::read_new() {
  const std::uint64_t used = head_of(table_).used.load(std::memory_order_acquire);
  while (read_ < used) {
    const std::byte* const at = table_.data() + sizeof(Head) + read_;
    Record record{};
    std::memcpy(&record, at, sizeof record);
    const auto* path = reinterpret_cast<const char*>(at + sizeof record);
    pairs_.push_back({{std::string(path, record.path_size), record.base, record.begin, record.end, record.print}, {}});
    read_ += sizeof record + whole_words(record.path_size);
  }
}

std::optional<std::uintptr_t> PeerModules::here(std::uintptr_t there) {
  read_new();
  const auto pair =
      std::find_if(pairs_.rbegin(), pairs_.rend(), [there](const Pair& p) { return covers(p.theirs, there); });
  if (pair == pairs_.rend()) return std::nullopt;
  if (!pair->ours) find(*pair);
  return there - pair->theirs.base + pair->ours->base;
}

std::optional<std::uintptr_t> PeerModules::there(std::uintptr_t here) {
  read_new();
  for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair) {
    if (!pair->ours) {
      for (const Module& module : loaded_modules()) {
        if (module.path == pair->theirs.path && module.print == pair->theirs.print) pair->ours = module;
      }
    }
    if (pair->ours && covers(*pair->ours, here)) return here - pair->ours->base + pair->theirs.base;
  }
  return std::nullopt;
}

void PeerModules::find(Pair& pair) {
  const std::string& path = pair.theirs.path;
  const auto look = [&] {
    for (const Module& module : loaded_modules()) {
      if (module.path == path) pair.ours = module;
    }
  };
  look();
  std::string why;
  if (!pair.ours) {
    if (::dlopen(path.c_str(), RTLD_NOW) == nullptr) {
      if (const char* error = ::dlerror()) why = error;  // NOLINT(concurrency-mt-unsafe): of this thread
    }
    look();
  }
  if (!pair.ours) throw std::runtime_error("the file that holds it cannot be loaded: " + (why.empty() ? path : why));
  if (pair.ours->print != pair.theirs.print) {
    pair.ours.reset();
    throw std::runtime_error("the file that holds it has changed since the program loaded it: " + path);
  }
}

}  // namespace prun::sys
