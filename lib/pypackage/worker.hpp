// The worker's side: makes the calls of a chunk, in a forked or a spawned process.
#pragma once

#include "pypackage/api.hpp"
#include "pypackage/shared_table.hpp"

#include <prun/detail/call_frame.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace prun::pypackage {

/// The entry point of every chunk.
void run_chunk(detail::CallFrame& frame);

/// In a new worker process that holds the interpreter: calls the initializer, and releases the interpreter.
/// @throws TaskError if the initializer raises
void begin_worker(SharedTable& table, std::uint32_t worker, Object* initializer, Object* arguments);

/// In a newly forked worker process: executes a new Python as a worker.
/// @param keep descriptors that it needs @throws std::system_error if it cannot be executed
[[noreturn]] void execute_worker(const std::vector<std::string>& words, const std::vector<int>& keep);

/// In the new Python, which holds the interpreter: runs calls until it is told to stop.
struct Place {
  int region = -1;
  int table = -1;
  std::uint32_t worker = 0;
  std::uint64_t entry = 0;  ///< the address of run_chunk in the master
};
void serve(const Place& place, Object* initializer, Object* arguments);

}  // namespace prun::pypackage
