#include "sys/shared_terminal.hpp"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace prun::sys {

struct SharedTerminal::State {  // NOLINT(cppcoreguidelines-pro-type-member-init): pthread_mutex_init sets the mutex
  pthread_mutex_t mutex;        // robust: if the owner dies, the next process gets it
  std::atomic<bool> drawn{false};
  std::atomic<bool> in_line{false};
  std::atomic<std::uint64_t> writing_task{0};  ///< its index + 1; 0: none
};

SharedTerminal::State& SharedTerminal::state() const noexcept { return *reinterpret_cast<State*>(memory_.data()); }

bool SharedTerminal::drawn() const noexcept { return state().drawn.load(std::memory_order_relaxed); }
void SharedTerminal::set_drawn(bool drawn) noexcept { state().drawn.store(drawn, std::memory_order_relaxed); }
bool SharedTerminal::in_line() const noexcept { return state().in_line.load(std::memory_order_relaxed); }
void SharedTerminal::set_in_line(bool in_line) noexcept { state().in_line.store(in_line, std::memory_order_relaxed); }

SharedTerminal::SharedTerminal(int first, int second)
    : memory_(page_size(), page_size()), first_(first), second_(second) {
  State& shared = *new (memory_.data()) State();
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  const int error = ::pthread_mutex_init(&shared.mutex, &attributes);
  ::pthread_mutexattr_destroy(&attributes);
  if (error != 0) throw std::system_error(error, std::generic_category(), "a lock in shared memory");
}

void SharedTerminal::lock() noexcept {
  if (::pthread_mutex_lock(&state().mutex) == EOWNERDEAD) ::pthread_mutex_consistent(&state().mutex);
}

bool SharedTerminal::try_lock() noexcept {
  const int error = ::pthread_mutex_trylock(&state().mutex);
  if (error == EOWNERDEAD) ::pthread_mutex_consistent(&state().mutex);
  return error == 0 || error == EOWNERDEAD;
}

void SharedTerminal::unlock() noexcept { ::pthread_mutex_unlock(&state().mutex); }

// If this write fails, writing the lines will fail too and report the error.
void SharedTerminal::take_drawing_away(int fd) noexcept {
  if (!drawn()) return;
  if (::write(fd, clear_drawing.data(), clear_drawing.size()) > 0) set_drawn(false);
}

SharedTerminal::Writing::Writing(SharedTerminal* terminal, int fd)
    : terminal_(terminal != nullptr && terminal->is_terminal(fd) ? terminal : nullptr) {
  if (terminal_ == nullptr) return;
  terminal_->lock();
  terminal_->take_drawing_away(fd);
}

SharedTerminal::Writing::~Writing() {
  if (terminal_ == nullptr) return;
  terminal_->set_in_line(false);
  terminal_->unlock();
}

void SharedTerminal::begin_task(std::uint64_t index, int fd) {
  if (!is_terminal(fd)) return;
  lock();
  state().writing_task.store(index + 1, std::memory_order_relaxed);
  take_drawing_away(fd);
  unlock();
}

void SharedTerminal::note_line_end(int fd, bool at_line_end) noexcept {
  if (is_terminal(fd)) set_in_line(!at_line_end);
}

std::optional<std::uint64_t> SharedTerminal::writing_task() const noexcept {
  const std::uint64_t task = state().writing_task.load(std::memory_order_relaxed);
  return task != 0 ? std::optional(task - 1) : std::nullopt;
}

}  // namespace prun::sys
