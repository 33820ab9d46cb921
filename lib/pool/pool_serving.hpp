// The engine of a pool, its lock, and the rule that says which thread serves the engine: the state of a PoolCore.
//
// Any thread that holds the lock may pump the engine. A thread that has to wait becomes the listener, if there is none. The listener
// sleeps on the bell's own word, so that a worker wakes it directly. Other waiters sleep on `progress`. While no thread listens, the
// server thread does, through the event descriptor. If a caller leaves while results still arrive, each result would wake the server.
// Therefore the caller leaves the bell silent and asks the server to poll once a millisecond (`hot`). The server polls until no thread
// has pumped for a millisecond. Every caller that leaves hands the bell over, because otherwise no thread would listen. A callback that
// waits does so in the server thread, which continues to serve the engine.
#pragma once

#include "pool/engine.hpp"
#include "sys/fd.hpp"

#include <prun/detail/pool_core.hpp>
#include <prun/outcome.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace prun::detail {

/// The failure of calls that have not ended when the pool ends.
[[nodiscard]] Failure ended_failure();

/// The number of forks between the first process and this one. A child must not use the pools of its parent.
[[nodiscard]] std::uint32_t forks_until_now() noexcept;

struct PoolCore::State {
  explicit State(const Options& options);

  void require_all_workers();
  void serve();
  void run_callbacks(Lock& lock);
  void pump_unless_others_do();
  void sleep_as_server(Lock& lock, const Deadline& deadline);
  void after_server_woke();
  void listen(Lock& lock, const Deadline& deadline);
  bool wait(Lock& lock, const std::function<bool()>& done, const Deadline& deadline);
  void hand_over();
  void wake_server() const;
  void settled();
  void wait_for_threads(Lock& lock);
  void read_all_inputs(Lock& lock);
  [[nodiscard]] InputReader* reader_in(InputReader::State state) const;
  [[nodiscard]] bool refuses() const noexcept { return quit || withdrawn || engine.broken(); }
  [[nodiscard]] bool on_server() const { return server_id == std::this_thread::get_id(); }
  [[nodiscard]] bool callbacks_done() const { return on_server() || (callbacks.empty() && !calling); }

  std::mutex mutex;
  std::condition_variable progress;
  sys::Fd wake;
  pool::Engine engine;
  std::thread server;
  std::thread::id server_id;
  const std::uint32_t made_in = forks_until_now();
  std::deque<std::function<void()>> callbacks;
  std::vector<InputReader*> readers;
  std::uint64_t calls = 0;       // submitted
  std::uint64_t pumps = 0;       // by any thread
  std::uint64_t pumps_seen = 0;  // by the server
  unsigned short_sleeps = 0;     // of the server, in a row: many results arrive that no thread waits for
  unsigned waiting = 0;          // threads asleep on `progress`
  bool listening = false;        // a caller sleeps on the bell
  bool server_asleep = false;
  bool calling = false;  // the server runs callbacks
  bool hot = false;
  bool closed = false;
  bool joined = false;     // it ends because all work is done
  bool withdrawn = false;  // nothing more is to run
  bool killed = false;     // chunks of dead workers run on no other worker
  bool quit = false;       // the end has begun
  bool over = false;       // and everything has ended
};

}  // namespace prun::detail
