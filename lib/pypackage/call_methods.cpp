// Functions that make a single call, wait for it, and cancel it.
#include "pypackage/arguments.hpp"
#include "pypackage/codec.hpp"
#include "pypackage/methods.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace prun::pypackage {
namespace {

constexpr const char* call_name = "prun.call";

struct Call {
  std::shared_ptr<Pool> pool;
  std::shared_ptr<CallJob> job;
};

// (pool, prefix, args, kwargs or None, retries[, recordings, place]): a call. Raises if an argument cannot be pickled.
Object* call_new(Object*, Arguments args, Size count) {
  return guarded([&] {
    const PoolPlace& pool = opened<PoolPlace>(args[0], pool_name);
    std::string payload(bytes(args[1]));
    const auto retries = static_cast<std::uint32_t>(number(args[4]));
    encode(payload, args[2], argument_buffers(retries));
    encode(payload, args[3], argument_buffers(retries));
    auto job = std::make_shared<CallJob>(pool->core(), pool->table(), std::move(payload), retries);
    if (count > 5) job->record(recorded_of(args[5], args[6]));
    {
      auto lock = pool->lock();
      pool->core().submit(lock, job);
    }
    return capsule_of<Call, call_name>(std::make_unique<Call>(Call{pool, std::move(job)}));
  });
}

Call& call_of(Object* capsule) { return opened<Call>(capsule, call_name); }

// (call): 0 not ended, 1 ended, 2 cancelled
Object* call_state(Object*, Arguments args, Size) {
  return guarded([&] {
    const CallJob& job = *call_of(args[0]).job;
    return py.PyLong_FromLongLong(!job.ended() ? 0 : job.is_cancelled() ? 2 : 1);
  });
}

bool wait_for(const Call& call, Object* timeout) {
  const CallJob& job = *call.job;
  return job.ended() || call.pool->wait([&job] { return job.ended(); }, seconds(timeout));
}

// (call, seconds or None): True if it has ended
Object* call_wait(Object*, Arguments args, Size) {
  return guarded([&] { return truth(wait_for(call_of(args[0]), args[1])); });
}

// (call, for_executor): the result, or raises
Object* call_result(Object*, Arguments args, Size) {
  return guarded([&] { return result_of(call_of(args[0]).job->outcome(), is_true(args[1])).release(); });
}

Object* call_running(Object*, Arguments args, Size) {
  return guarded([&] {
    const Call& call = call_of(args[0]);
    auto lock = call.pool->lock();
    return truth(!call.job->ended() && call.pool->core().running(lock, *call.job, 0));
  });
}

Object* call_cancel(Object*, Arguments args, Size) {
  return guarded([&] {
    const Call& call = call_of(args[0]);
    auto lock = call.pool->lock();
    if (!call.job->ended()) call.pool->core().cancel(lock, *call.job);
    return truth(call.job->ended() && call.job->is_cancelled());
  });
}

// (call, callable): False if the call has already ended; then the callable is not called
Object* call_watch(Object*, Arguments args, Size) {
  return guarded([&] {
    const Call& call = call_of(args[0]);
    return truth(watch(*call.pool, *call.job, args[1]));
  });
}

}  // namespace

std::span<const Method> call_methods() {
  static constexpr std::array methods{
      Method{"call_new", call_new, fastcall, nullptr},         Method{"call_state", call_state, fastcall, nullptr},
      Method{"call_wait", call_wait, fastcall, nullptr},       Method{"call_result", call_result, fastcall, nullptr},
      Method{"call_running", call_running, fastcall, nullptr}, Method{"call_cancel", call_cancel, fastcall, nullptr},
      Method{"call_watch", call_watch, fastcall, nullptr},
  };
  return methods;
}

}  // namespace prun::pypackage
