// The library inside a Python process, loaded by worker.py: answers calls on the socket, and, where it was given the memory of
// the rings, is the worker whenever it has the baton. It is linked with nothing of Python's.
#include "python/channel.hpp"
#include "python/chunk_items.hpp"
#include "python/inside/calls.hpp"
#include "ring/region.hpp"
#include "sys/shared_memory.hpp"
#include "wire/failure.hpp"
#include "worker/exception_failure.hpp"
#include "worker/worker_loop.hpp"

#include <prun/context.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <exception>
#include <optional>
#include <string>

namespace prun::python {
namespace {

Calls* calls = nullptr;  // of the process, for an entry point has no other way to it

/// The entry point of chunks of Python calls, here where they can be made.
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

/// As long as the lock is held this process lives: what the master waits for before it takes a lost worker's place back.
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
  Server(int socket, int memory, int event_fd, std::uint32_t worker)
      : channel_(sys::Fd(socket)), event_fd_(event_fd), worker_(worker) {
    if (memory < 0) return;
    region_.emplace(sys::SharedMemory(sys::Fd(memory)));
    lock_place(*region_, worker_);
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

}  // namespace
}  // namespace prun::python

extern "C" {

/// @return the name of what the interpreter lacks, or null
[[gnu::visibility("default")]] const char* prun_prepare(void* none, void* resolve, void* describe, void* end_child) {
  using namespace prun::python;  // NOLINT(google-build-using-namespace): a function of C's
  if (const char* missing = find_interpreter(static_cast<Object*>(none))) return missing;
  calls = new Calls(static_cast<Object*>(resolve), static_cast<Object*>(describe),  // as long as the process
                    static_cast<Object*>(end_child));
  return nullptr;
}

/// Returns when the other end is gone. @param memory of the rings, -1: none @return 0, or 1 with a message on standard error
[[gnu::visibility("default")]] int prun_serve(int socket, int memory, int event_fd, unsigned worker) {
  try {
    prun::python::Server(socket, memory, event_fd, worker).run();
    return 0;
  } catch (const std::exception& error) {
    const std::string text = std::string("prun: ") + error.what() + "\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    return 1;
  }
}
}
