// Functions that create, query and end a pool.
#include "pypackage/arguments.hpp"
#include "pypackage/codec.hpp"
#include "pypackage/methods.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::pypackage {
namespace {

// (workers, on_demand, max_tasks, memory, cpu_us, initializer, arguments, words, keep): words is None if workers are forked
Object* pool_new(Object*, Arguments args, Size) {
  return guarded([&] {
    PoolOptions options;
    options.core.workers = static_cast<std::uint32_t>(number(args[0]));
    options.core.on_demand = is_true(args[1]);
    options.core.max_tasks_per_child = number(args[2]);
    options.core.memory_limit = number(args[3]);
    options.core.cpu_time_limit = std::chrono::microseconds(static_cast<std::int64_t>(number(args[4])));
    options.initializer = new_ref(args[5]);
    options.arguments = new_ref(args[6]);
    for (Size i = 0; args[7] != py.none && i < py.PyList_Size(args[7]); ++i) {
      options.words.push_back(text(py.PyList_GetItem(args[7], i)));
    }
    for (Size i = 0; i < py.PyList_Size(args[8]); ++i) {
      options.keep.push_back(static_cast<int>(number(py.PyList_GetItem(args[8], i))));
    }
    return capsule_of<PoolPlace, pool_name>(std::make_unique<PoolPlace>(std::make_shared<Pool>(std::move(options))));
  });
}

Object* pool_workers(Object*, Arguments args, Size) {
  return guarded([&] { return py.PyLong_FromLongLong(pool_of(args[0]).core().workers()); });
}

// (pool): raises if the pool accepts no new calls
Object* pool_check(Object*, Arguments args, Size) {
  return guarded([&] {
    const Pool& pool = pool_of(args[0]);
    auto lock = pool.lock();
    pool.core().require_open(lock);
    return none();
  });
}

Object* pool_close(Object*, Arguments args, Size) {
  return guarded([&] {
    pool_of(args[0]).released([](auto& core) { core.close(); });
    return none();
  });
}

Object* pool_join(Object*, Arguments args, Size) {
  return guarded([&] {
    pool_of(args[0]).released([](auto& core) { core.join(); });
    return none();
  });
}

Object* pool_terminate(Object*, Arguments args, Size) {
  return guarded([&] {
    Pool& pool = pool_of(args[0]);
    pool.mark_ended();
    pool.released([](auto& core) { core.terminate(); });
    return none();
  });
}

Object* pool_cancel_pending(Object*, Arguments args, Size) {
  return guarded([&] {
    Pool& pool = pool_of(args[0]);
    pool.mark_ended();
    pool.released([](auto& core) { core.cancel_pending(); });
    return none();
  });
}

// (pool, signal)
Object* pool_end_workers(Object*, Arguments args, Size) {
  return guarded([&] {
    const int signal = static_cast<int>(number(args[1]));
    Pool& pool = pool_of(args[0]);
    pool.mark_ended();
    pool.released([signal](auto& core) { core.end_workers(signal); });
    return none();
  });
}

Object* pool_pids(Object*, Arguments args, Size) {
  return guarded([&] {
    std::vector<std::int32_t> pids;
    pool_of(args[0]).released([&pids](auto& core) { pids = core.worker_pids(); });
    Ref list = checked(py.PyList_New(0));
    for (const std::int32_t pid : pids) {
      const Ref one = checked(py.PyLong_FromLongLong(pid));
      if (api.PyList_Append(list.get(), one.get()) != 0) throw Raised{};
    }
    return list.release();
  });
}

// (pool, pickle, form, for_executor, by_name, timeout): bytes
Object* prefix(Object*, Arguments args, Size) {
  return guarded([&] {
    const std::string_view pickle = bytes(args[1]);
    std::string coded(1, 'P');
    const std::uint64_t size = pickle.size();
    coded.append(reinterpret_cast<const char*>(&size), sizeof size).append(pickle);
    Callable callable;
    constexpr std::uint64_t in_place = 4;  // beside the form
    callable.form = static_cast<Callable::Form>(number(args[2]) & ~in_place);
    callable.for_executor = is_true(args[3]);
    callable.by_name = is_true(args[4]);
    callable.timeout = seconds(args[5]).value_or(0);
    callable.in_place = (number(args[2]) & in_place) != 0;
    callable.pickle = coded;
    const std::string made = pool_of(args[0]).table().prefix_of(callable);
    return py.PyBytes_FromStringAndSize(made.data(), static_cast<Size>(made.size()));
  });
}

}  // namespace

std::span<const Method> pool_methods() {
  static constexpr std::array methods{
      Method{"pool_new", pool_new, fastcall, nullptr},
      Method{"pool_workers", pool_workers, fastcall, nullptr},
      Method{"pool_check", pool_check, fastcall, nullptr},
      Method{"pool_close", pool_close, fastcall, nullptr},
      Method{"pool_join", pool_join, fastcall, nullptr},
      Method{"pool_terminate", pool_terminate, fastcall, nullptr},
      Method{"pool_cancel_pending", pool_cancel_pending, fastcall, nullptr},
      Method{"pool_end_workers", pool_end_workers, fastcall, nullptr},
      Method{"pool_pids", pool_pids, fastcall, nullptr},
      Method{"prefix", prefix, fastcall, nullptr},
  };
  return methods;
}

}  // namespace prun::pypackage
