// What the library's tests share: events between processes, functions to call, children that end as they like.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace prun::test {

/// Counts what was posted and not yet waited for. Where it was made before the pool, functions that run in workers may
/// capture its handle.
class Semaphore {
 public:
  class Handle {
   public:
    explicit Handle(int fd) : fd_(fd) {}
    void post(std::uint64_t count = 1) const {
      if (::write(fd_, &count, sizeof count) != sizeof count) std::abort();
    }
    /// False where nothing came in half a minute: what should have posted is lost.
    [[nodiscard]] bool wait() const {
      pollfd ready{fd_, POLLIN, 0};
      std::uint64_t one = 0;
      while (::read(fd_, &one, sizeof one) != sizeof one) {
        if (::poll(&ready, 1, 30'000) == 0) return false;
      }
      return true;
    }
    [[nodiscard]] bool wait(int count) const {
      while (count-- > 0) {
        if (!wait()) return false;
      }
      return true;
    }

   private:
    int fd_;
  };

  Semaphore() : fd_(::eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC)) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  ~Semaphore() { ::close(fd_); }
  [[nodiscard]] Handle handle() const { return Handle(fd_); }

 private:
  int fd_;
};
using Event = Semaphore::Handle;

/// A T that the workers of pools made after it share. Capture `get()`.
template <class T>
class Shared {
 public:
  Shared() {
    void* place = ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) throw std::bad_alloc();
    value_ = new (place) T{};
  }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() { ::munmap(value_, sizeof(T)); }
  [[nodiscard]] T* get() const { return value_; }
  T* operator->() const { return value_; }
  T& operator*() const { return *value_; }

 private:
  T* value_;
};

/// A child of this process that runs `body` and then ends by exit(`status`).
class Child {
 public:
  explicit Child(const std::function<void()>& body, int status = 0) : pid_((std::cout.flush(), ::fork())) {
    if (pid_ != 0) return;
    ::signal(SIGSEGV, SIG_DFL);  // not for the test framework to report
    try {
      body();
    } catch (...) {
      ::_exit(125);
    }
    std::exit(status);  // NOLINT(concurrency-mt-unsafe): what a program does at its end is the subject
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { static_cast<void>(wait()); }

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// How it ended, as waitpid(2) says.
  int wait() {
    if (!ended_) ::waitpid(pid_, &how_, 0);
    ended_ = true;
    return how_;
  }

 private:
  pid_t pid_;
  bool ended_ = false;
  int how_ = 0;
};

inline long square(long x) { return x * x; }
inline long add(long a, long b) { return a + b; }
inline int own_pid(int) { return ::getpid(); }
inline int even_or_throw(int x) {
  if (x % 2 != 0) throw std::domain_error("odd: " + std::to_string(x));
  return x;
}

/// A worker's pid for each task, in which all workers take part: none goes on before `workers` have begun.
template <class AnyPool>
std::vector<int> pids_of_all(AnyPool& pool, Event begun, Event go, int workers) {
  auto pids = pool.map_async(
      [=](int) {
        begun.post();
        return go.wait() ? static_cast<int>(::getpid()) : 0;
      },
      std::vector<int>(static_cast<std::size_t>(workers)), {.chunksize = 1});
  if (!begun.wait(workers)) throw std::runtime_error("not every worker took a task");
  go.post(static_cast<std::uint64_t>(workers));
  return pids.get();
}

}  // namespace prun::test
