// A list of the files that a process has mapped and their addresses, for processes that run the same files at other
// addresses. They use it to find a function by its offset in its file.
//
// The table is shared memory. Only its owner writes, and only appends: a record for each module, then `used` with release
// order. Readers take the last record that covers an address, so an unloaded module comes before the one that replaced it.
#pragma once

#include "sys/shared_memory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prun::sys {

/// A file that is mapped as executable.
struct Module {
  std::string path;  ///< "": the program itself
  std::uintptr_t base = 0;
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::uint64_t print = 0;  ///< hash of its headers and its build id, which differs between two builds of a file
};

[[nodiscard]] std::vector<Module> loaded_modules();

class ModuleTable {
 public:
  /// @throws std::system_error if no shared memory is available
  ModuleTable();
  /// Adds files loaded since the last call. Costs 0.1 us if there are none.
  void update();
  [[nodiscard]] const SharedMemory& memory() const noexcept { return memory_; }

 private:
  void append(const Module& module);

  SharedMemory memory_;
  std::uint64_t loads_ = 0;
  std::uint64_t unloads_ = 0;
  std::vector<Module> known_;
};

/// The table of another process, with the corresponding addresses in this one.
class PeerModules {
 public:
  explicit PeerModules(SharedMemory table);

  /// Nothing if the other process has no file at that address. Loads a file that the other one has loaded since its start.
  /// @throws std::runtime_error if the file cannot be loaded, or is a different one
  [[nodiscard]] std::optional<std::uintptr_t> here(std::uintptr_t there);
  /// The opposite direction, for files that both have.
  [[nodiscard]] std::optional<std::uintptr_t> there(std::uintptr_t here);

 private:
  struct Pair {
    Module theirs;
    std::optional<Module> ours;  ///< not searched yet, or not loaded here
  };
  void read_new();
  static void find(Pair& pair);

  SharedMemory table_;
  std::uint64_t read_ = 0;
  std::vector<Pair> pairs_;
};

}  // namespace prun::sys
