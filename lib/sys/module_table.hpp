// Which files a process has mapped, and where: told to other processes that run the same files at other addresses, so that they
// can find a function there by its place in its file. Knows nothing of who they are.
//
// The table is a shared memory that its owner alone writes, and only appends to: a record a module, then `used` with release
// order. Readers take the last record that covers an address: what was unloaded meanwhile lies before what took its place.
#pragma once

#include "sys/shared_memory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prun::sys {

/// A file that is mapped to be run.
struct Module {
  std::string path;  ///< "": the program itself
  std::uintptr_t base = 0;
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::uint64_t print = 0;  ///< of its headers and its build id: two builds of a file differ in it
};

[[nodiscard]] std::vector<Module> loaded_modules();

class ModuleTable {
 public:
  /// @throws std::system_error where there can be no memory to share
  ModuleTable();
  /// Adds what has been loaded since the last call. Costs a tenth of a microsecond where nothing has.
  void update();
  [[nodiscard]] const SharedMemory& memory() const noexcept { return memory_; }

 private:
  void append(const Module& module);

  SharedMemory memory_;
  std::uint64_t loads_ = 0;
  std::uint64_t unloads_ = 0;
  std::vector<Module> known_;
};

/// Another process's table, and what its addresses are here.
class PeerModules {
 public:
  explicit PeerModules(SharedMemory table);

  /// Nothing where the other process has no file at that address. A file that it has loaded since its start is loaded here too.
  /// @throws std::runtime_error where it cannot be, or is another one
  [[nodiscard]] std::optional<std::uintptr_t> here(std::uintptr_t there);
  /// The way back, of files that both have.
  [[nodiscard]] std::optional<std::uintptr_t> there(std::uintptr_t here);

 private:
  struct Pair {
    Module theirs;
    std::optional<Module> ours;  ///< not looked for yet, or not loaded here
  };
  void read_new();
  static void find(Pair& pair);

  SharedMemory table_;
  std::uint64_t read_ = 0;
  std::vector<Pair> pairs_;
};

}  // namespace prun::sys
