// Checks the options of the typed pools before anything is started, and reports exceptions of callbacks.
#include <prun/async_result.hpp>
#include <prun/pool.hpp>

#include "event/printable.hpp"
#include "task/chunk.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

namespace prun::detail {

std::uint64_t positive(std::int64_t number, const char* what) {
  if (number < 1) {
    throw std::invalid_argument(std::string(what) + " must be at least 1, not " + std::to_string(number));
  }
  return static_cast<std::uint64_t>(number);
}

PoolCore::Options core_options(std::optional<std::int64_t> workers, const PoolOptions& options, bool threads,
                               bool on_demand) {
  constexpr std::uint64_t most_workers = 4096;
  PoolCore::Options core;
  if (workers) {
    const std::uint64_t wanted = positive(*workers, "the number of workers");
    if (wanted > most_workers) throw std::invalid_argument("a pool has at most 4096 workers");
    core.workers = static_cast<std::uint32_t>(wanted);
  }
  if (options.max_tasks_per_child) {
    if (threads) throw std::invalid_argument("max_tasks_per_child is for processes: threads are not replaced");
    core.max_tasks_per_child = positive(*options.max_tasks_per_child, "max_tasks_per_child");
  }
  if (threads && options.start != Start::fork) {
    throw std::invalid_argument("start is for processes: threads are not spawned");
  }
  core.threads = threads;
  core.start = options.start;
  core.on_demand = on_demand;
  core.seed = options.seed;
  core.initializer = options.initializer;
  return core;
}

std::uint64_t map_chunksize(const Chunksize& chunksize, std::uint64_t length, std::uint32_t workers) {
  if (!chunksize.tasks()) return default_chunksize(length, workers);
  return std::min(positive(*chunksize.tasks(), "chunksize"), largest_chunk);
}

void report_callback_exception() noexcept {
  try {
    throw;
  } catch (const std::exception& e) {
    std::fputs(message_line(std::string("a callback threw: ") + e.what()).c_str(), stderr);
  } catch (...) {
    std::fprintf(stderr, "prun: a callback threw an exception that is not a std::exception\n");
  }
}

}  // namespace prun::detail
