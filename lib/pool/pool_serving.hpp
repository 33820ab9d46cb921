// The engine of a pool, its lock, and who serves the engine when: the inside of a PoolCore.
//
// Any thread that holds the lock may pump the engine. Whoever has to wait becomes the listener, if there is none: it sleeps on
// the bell's own word, so that a worker wakes it directly. Further waiters sleep on `progress`. While nobody listens, the
// server thread does, through the event descriptor. A caller that leaves with results still coming would make the server
// wake at each of them; so it leaves the bell silent and asks the server to look once a millisecond (`hot`), until a
// millisecond passes in which nobody has pumped. However a caller leaves, it hands the bell over: else nobody hears it.
// A callback that waits does so in the server thread, which goes on serving meanwhile.
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

/// What the calls fail with that have not ended when the pool does.
[[nodiscard]] Failure ended_failure();

/// How often this process has come out of a fork. A child must leave the pools of its parent alone.
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
  std::uint64_t pumps = 0;       // by anybody
  std::uint64_t pumps_seen = 0;  // by the server
  unsigned short_sleeps = 0;     // of the server, in a row: results that nobody waits for come thick
  unsigned waiting = 0;          // threads asleep on `progress`
  bool listening = false;        // a caller sleeps on the bell
  bool server_asleep = false;
  bool calling = false;  // the server runs callbacks
  bool hot = false;
  bool closed = false;
  bool joined = false;     // it ends because all work is done
  bool withdrawn = false;  // nothing is to be run any more
  bool killed = false;     // what the dead leave is nobody's
  bool quit = false;       // the end has begun
  bool over = false;       // and everything has ended
};

}  // namespace prun::detail
