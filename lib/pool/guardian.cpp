#include "pool/guardian.hpp"

#include "sys/error.hpp"
#include "sys/proc_text.hpp"
#include "sys/process.hpp"
#include "sys/process_tree.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <tuple>
#include <utility>

namespace prun::pool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* variable = "PRUN_POOL";
constexpr const char* own_name = "pool-guardian";
constexpr std::chrono::seconds longest_dying{2};
constexpr int longest_dying_ms = 2500;
constexpr int look_again_ms = 2;
constexpr int clean_looks = 2;  // a process may have been forked during the first look

std::pair<sys::Fd, sys::Fd> make_pipe() {
  std::array<int, 2> ends{};
  sys::checked(::pipe2(ends.data(), O_CLOEXEC), "pipe");
  return {sys::Fd(ends[0]), sys::Fd(ends[1])};
}

/// Unique: only the process that creates it has this id now.
std::string new_mark() {
  return std::to_string(::getpid()) + '.' + std::to_string(Clock::now().time_since_epoch().count());
}

void nap() noexcept { ::poll(nullptr, 0, look_again_ms); }

}  // namespace

Guardian::Guardian(const ring::Region& region, std::function<void()> last_act)
    : region_(&region), last_act_(std::move(last_act)), mark_(new_mark()) {
  std::tie(watch_read_, watch_write_) = make_pipe();
  std::tie(gone_read_, gone_write_) = make_pipe();
}

Guardian::Guardian(const ring::Region& region, Place place)
    : region_(&region),
      mark_(std::move(place.mark)),
      watch_read_(std::move(place.pipes[0])),
      watch_write_(std::move(place.pipes[1])),
      gone_read_(std::move(place.pipes[2])),
      gone_write_(std::move(place.pipes[3])) {}

std::array<int, 4> Guardian::pipes() const noexcept {
  return {watch_read_.get(), watch_write_.get(), gone_read_.get(), gone_write_.get()};
}

// After the marks of pools in which this process is a task: each pool finds all its descendants.
void Guardian::mark_environment() const noexcept {
  const char* outer = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): this process has one thread
  const std::string marks = outer != nullptr && *outer != '\0' ? outer + (' ' + mark_) : mark_;
  ::setenv(variable, marks.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
}

void Guardian::start(pid_t master) noexcept {
  between_ = ::fork();
  if (between_ == 0) {
    ::prctl(PR_SET_NAME, own_name);
    const pid_t pid = ::fork();
    if (pid == 0) guard(master);
    region_->header().guardian = pid;
    leave_to_server();
    sys::retry_interrupted([&] { return ::waitpid(pid, nullptr, 0); });
    ::_exit(0);
  }
  watch_read_.reset();
  gone_write_.reset();
}

bool Guardian::is_own(pid_t pid) const noexcept { return pid == between_ || pid == region_->header().guardian.load(); }

void Guardian::dismiss() noexcept {
  const char done = 1;
  sys::retry_interrupted([&] { return ::write(watch_write_.get(), &done, 1); });
  watch_write_.reset();
  gone_write_.reset();
  wait_until_gone();
  if (between_ > 0) sys::child_ends_within(between_, longest_dying);
  for (const pid_t pid : {between_, region_->header().guardian.load()}) {
    if (pid > 0) ::waitpid(pid, nullptr, WNOHANG);
  }
}

void Guardian::leave_to_server() noexcept {
  watch_read_.reset();
  watch_write_.reset();
  gone_write_.reset();
}

void Guardian::wait_until_gone() const noexcept {
  pollfd gone{gone_read_.get(), POLLIN, 0};
  sys::retry_interrupted([&] { return ::poll(&gone, 1, longest_dying_ms); });
}

void Guardian::guard(pid_t master) noexcept {
  ::setsid();
  ::prctl(PR_SET_NAME, own_name);
  sys::hide_command_line(own_name);
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  watch_write_.reset();
  gone_read_.reset();
  char done = 0;
  if (sys::retry_interrupted([&] { return ::read(watch_read_.get(), &done, 1); }) == 1) ::_exit(0);
  const auto limit = Clock::now() + longest_dying;
  for (int clean = 0; clean < clean_looks && Clock::now() < limit; nap()) {
    end_groups();
    clean = end_marked() ? 0 : clean + 1;
  }
  if (last_act_ && !sys::is_alive(master)) last_act_();
  ::_exit(0);
}

void Guardian::end_groups() const noexcept {
  for (std::uint32_t worker = 0; worker < region_->header().worker_count; ++worker) {
    const ring::WorkerBlock& block = region_->worker(worker);
    for (const pid_t group : {block.pid.load(), block.child_group.load()}) {
      if (group > 1) ::kill(-group, SIGKILL);
    }
  }
}

/// Kills all processes with the mark. Returns false if there is none.
bool Guardian::end_marked() const noexcept {
  bool found = false;
  for (const pid_t pid : sys::all_processes()) {
    const std::string folder = "/proc/" + std::to_string(pid);
    if (pid == ::getpid() || sys::contents(folder + "/environ").find(mark_) == std::string::npos) continue;
    if (!sys::is_alive(pid)) continue;
    ::kill(pid, SIGKILL);
    found = true;
  }
  return found;
}

}  // namespace prun::pool
