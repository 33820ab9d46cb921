// The library inside a Python process, loaded by worker.py. It answers calls on the socket. If it has the memory of the rings, it acts
// as the worker while it has the baton. It is not linked with Python.
#include "python/channel.hpp"
#include "python/chunk_items.hpp"
#include "python/inside/calls.hpp"
#include "python/inside/fork_server.hpp"
#include "ring/region.hpp"
#include "sys/process_mark.hpp"
#include "sys/shared_memory.hpp"
#include "wire/failure.hpp"
#include "worker/exception_failure.hpp"
#include "worker/worker_loop.hpp"

#include <prun/context.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <exception>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace prun::python {
namespace {

ForkServer* fork_server = nullptr;
Calls* calls = nullptr;  // global, because an entry point has no other access to it

/// The entry point of chunks of Python calls in this process, which can make them.
void run_chunk(detail::CallFrame& frame) {
  ChunkItems items(frame);
  std::string result;
  while (const auto item = items.next()) {
    if (!frame.begin(item->index)) continue;
    try {
      result.clear();
      calls->call(items.name(), item->args, item->kwargs, result);
    } catch (...) {
      frame.failed(std::current_exception());
      continue;
    }
    frame.value(result.data(), result.size());
  }
}

/// Notes that are made once in a run. A note is a lock on a byte after the memory of the rings, which only one process can hold. Without
/// the memory, each process keeps its own notes.
class FirstTimes {
 public:
  void use(int memory) noexcept { memory_ = memory; }

  [[nodiscard]] bool is_first(const std::string& text) {
    if (!noted_.insert(text).second) return false;
    return memory_ < 0 || lock(static_cast<off_t>(std::hash<std::string>()(text) % range));
  }

 private:
  static constexpr off_t beyond_memory = off_t{1} << 61;
  static constexpr std::size_t range = std::size_t{1} << 60;

  [[nodiscard]] bool lock(off_t byte) const {
    struct flock wanted {};
    wanted.l_type = F_WRLCK;
    wanted.l_whence = SEEK_SET;
    wanted.l_start = beyond_memory + byte;
    wanted.l_len = 1;
    return ::fcntl(memory_, F_SETLK, &wanted) == 0;
  }

  int memory_ = -1;
  std::set<std::string> noted_;
};

FirstTimes first_times;  // global, because a C function has no other access to it

/// The lock is held until this process exits. The master waits for it before it reuses the place of a lost worker.
void lock_place(const ring::Region& region, std::uint32_t worker) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = worker;
  lock.l_len = 1;
  ::fcntl(region.memory().fd(), F_SETLK, &lock);
}

class Server {
 public:
  Server(sys::Fd channel, sys::Fd memory, int event_fd, std::uint32_t worker)
      : channel_(std::move(channel)), event_fd_(event_fd), worker_(worker) {
    if (!memory) return;
    region_.emplace(sys::SharedMemory(std::move(memory)));
    lock_place(*region_, worker_);
    first_times.use(region_->memory().fd());
    const ring::Header& header = region_->header();
    if (header.memory_limited) calls->memory_is_limited();
    if (header.cpu_limit_us != 0) {
      worker::CallLimits::prepare(region_->worker(worker_), std::chrono::microseconds(header.cpu_limit_us));
    }
  }

  void run() {
    MessageKind kind{};
    std::string bytes;
    bool alive = channel_.send(MessageKind::ready, {});
    while (alive && channel_.receive(kind, bytes)) {
      alive = kind == MessageKind::baton && region_ ? take_turn(bytes) : answer_call(bytes);
    }
  }

 private:
  bool take_turn(const std::string& bytes) {
    worker::Baton baton;
    std::memcpy(&baton, bytes.data(), sizeof baton);
    baton = worker::WorkerLoop(*region_, worker_, event_fd_).stand_in(baton, &run_chunk);
    return channel_.send(MessageKind::baton, {reinterpret_cast<const char*>(&baton), sizeof baton});
  }

  bool answer_call(const std::string& bytes) {
    CallHead head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    const std::string_view rest = std::string_view(bytes).substr(sizeof head);
    std::string answer;
    try {
      calls->call(rest.substr(0, head.name_size), rest.substr(head.name_size, head.args_size),
                  rest.substr(head.name_size + head.args_size), answer);
      return channel_.send(MessageKind::value, answer);
    } catch (...) {
      answer.clear();
      wire::encode_failure(worker::failure_of(std::current_exception()), answer);
      return channel_.send(MessageKind::failure, answer);
    }
  }

  Channel channel_;
  int event_fd_;
  std::uint32_t worker_;
  std::optional<ring::Region> region_;
};

/// Returns when the other end is closed. @return the exit status of the process; a message is on standard error
int serve(sys::Fd channel, sys::Fd memory, int event_fd, std::uint32_t worker) {
  try {
    static_cast<void>(sys::mark_process());  // a fork has lost the mark
    Server(std::move(channel), std::move(memory), event_fd, worker).run();
    return 0;
  } catch (const std::exception& error) {
    const std::string text = std::string("prun: ") + error.what() + "\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    return 1;
  }
}

}  // namespace
}  // namespace prun::python

extern "C" {

/// @param helpers a tuple, see inside/helpers.hpp; it and the objects made here live as long as the process
/// @return the name of a function that the interpreter lacks, or null
[[gnu::visibility("default")]] const char* prun_prepare(void* none, void* helpers) {
  using namespace prun::python;  // NOLINT(google-build-using-namespace): a function of C's
  if (const char* missing = find_interpreter(static_cast<Object*>(none))) return missing;
  const Holding holding;
  const auto helper = [&](int place) { return py.PyTuple_GetItem(static_cast<Object*>(helpers), place); };
  calls =
      new Calls({helper(0), helper(1), helper(2), helper(3), helper(4), helper(5), helper(6), helper(7), helper(8)});
  return nullptr;
}

/// Returns true for the first call with this text in any process of the run.
[[gnu::visibility("default")]] int prun_first(const char* text) {
  try {
    return prun::python::first_times.is_first(text) ? 1 : 0;
  } catch (const std::exception&) {
    return 1;
  }
}

/// This process has imported modules and will be forked for workers. @param requests socket for their requests; -1: none
[[gnu::visibility("default")]] void prun_offer(int lines, int requests) {
  using namespace prun::python;  // NOLINT(google-build-using-namespace): a function of C's
  fork_server = new ForkServer(lines, prun::sys::Fd(requests));  // as long as the process
}

/// @return the first letter of leave, line or fork
[[gnu::visibility("default")]] int prun_next_event() {
  switch (prun::python::fork_server->next()) {
    case prun::python::ForkServer::Event::line: return 'l';
    case prun::python::ForkServer::Event::fork: return 'f';
    case prun::python::ForkServer::Event::leave: break;
  }
  return 0;
}

/// @param pid negative: the fork failed
[[gnu::visibility("default")]] void prun_forked(int pid) { prun::python::fork_server->forked(pid); }

/// Returns when the other end is gone. @param memory of the rings, -1: none @return 0, or 1 with a message on standard error
[[gnu::visibility("default")]] int prun_serve(int socket, int memory, int event_fd, unsigned worker) {
  return prun::python::serve(prun::sys::Fd(socket), prun::sys::Fd(memory), event_fd, worker);
}

/// Call it in the forked process.
[[gnu::visibility("default")]] const char* prun_pool_mark() { return prun::python::fork_server->pool_mark(); }

/// Like prun_serve, in the forked process.
[[gnu::visibility("default")]] int prun_serve_forked(int server) {
  prun::python::ForkServer::Place place;
  if (!prun::python::fork_server->become(server, place)) ::_exit(1);
  return prun::python::serve(std::move(place.channel), std::move(place.memory), place.event_fd.get(), place.worker);
}
}
