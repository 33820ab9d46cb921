// See jobs_file.hpp.
#include "jobs_file.hpp"

#include "numbers.hpp"
#include "usage_error.hpp"

#include "event/printable.hpp"
#include "sys/error.hpp"

#include <fmt/format.h>

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

/// Each possible worker has a place in shared memory from the start.
constexpr std::uint32_t least_room = 64;

}  // namespace

JobsFile::JobsFile(std::string path, std::uint32_t workers, std::uint32_t cpu_budget, OutputBuffer& err)
    : path_(std::move(path)),
      workers_(workers),
      most_workers_(std::max({workers, 4 * cpu_budget, least_room})),
      cpu_budget_(cpu_budget),
      err_(&err) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path_, ignored)) return;            // a pipe is read once
  std::filesystem::path file = std::filesystem::canonical(path_, ignored);  // of a link, the file that is written
  if (ignored) file = path_;
  name_ = file.filename();
  const std::filesystem::path folder = file.parent_path();
  watch_.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  int problem = watch_ ? 0 : errno;
  if (watch_ &&
      ::inotify_add_watch(watch_.get(), folder.empty() ? "." : folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) < 0)
    problem = errno;
  if (problem == 0) return;
  watch_.reset();
  warn(fmt::format("changes of {} cannot be noticed: {}", path_, std::strerror(problem)));
}

void JobsFile::on_readable() {
  alignas(inotify_event) std::array<char, 4096> events{};
  bool changed = false;
  for (;;) {
    const auto got = sys::retry_interrupted([&] { return ::read(watch_.get(), events.data(), events.size()); });
    if (got <= 0) break;
    for (std::ptrdiff_t at = 0; at < got;) {
      inotify_event event{};
      std::memcpy(&event, events.data() + at, sizeof event);
      const char* const name = events.data() + at + sizeof event;
      changed = changed || (event.mask & IN_Q_OVERFLOW) != 0 || (event.len != 0 && name_ == name);
      at += static_cast<std::ptrdiff_t>(sizeof event + event.len);
    }
  }
  if (!changed) return;
  try {
    const std::uint32_t workers = parse_jobs("--jobs", path_, cpu_budget_);
    workers_ = std::min(workers, most_workers_);
    if (workers_ != workers)
      warn(fmt::format("{} holds {}, but a running prun can have {} workers", path_, workers, workers_));
  } catch (const UsageError& error) {
    warn(fmt::format("{}; the number of workers stays {}", error.what(), workers_));
  }
}

void JobsFile::warn(const std::string& text) { err_->write_line(message_line("warning: " + text)); }

}  // namespace prun::app
