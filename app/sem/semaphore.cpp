// See semaphore.hpp.
#include "sem/semaphore.hpp"

#include "usage_error.hpp"

#include "sys/error.hpp"
#include "sys/folder.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace prun::app {
namespace {

constexpr std::size_t longest_name = 250;  // of the 255 that file systems allow; other bytes than letters count three

// Scripts use low numbers themselves, as in `exec 3> file`, and shells use those from 10 on.
constexpr int first_inherited = 100;

// A process may close what it has inherited in an order that wakes nobody.
constexpr std::int64_t longest_sleep_ms = 5000;

/// The same file under a number that is out of the way of scripts, and that programs inherit.
sys::Fd inheritable(sys::Fd file) {
  sys::Fd high(::fcntl(file.get(), F_DUPFD, first_inherited));
  if (high) return high;
  ::fcntl(file.get(), F_SETFD, 0);  // the limit of open files is low
  return file;
}

/// The folder of the user's semaphores.
std::string root() {
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/') return std::string(runtime) + "/prun/sem";
  return fmt::format("/tmp/prun-{}/sem", ::getuid());
}

/// A name of one folder: other characters than these are written as their codes.
std::string folder_name(std::string_view id) {
  std::string name;
  for (const char c : id) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    name += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  if (name.size() > longest_name)
    throw UsageError(fmt::format("sem: the name of a semaphore may have {} characters", longest_name),
                     "prun sem --help");
  return name;
}

void make_folders(const std::string& folder) {
  try {
    sys::make_folders(folder);
  } catch (const std::system_error& error) {
    throw std::runtime_error(fmt::format("{}; semaphores are in $XDG_RUNTIME_DIR, or else in /tmp", error.what()));
  }
}

/// Another user must not have made it: `/tmp` is everybody's.
void check_owner(const std::string& folder) {
  struct stat found {};
  sys::checked(::lstat(folder.c_str(), &found), folder.c_str());
  if (S_ISDIR(found.st_mode) && found.st_uid == ::getuid()) return;
  errno = EPERM;
  sys::throw_errno(folder + " belongs to another user");
}

}  // namespace

Semaphore::Semaphore(const std::string& id) {
  const std::string base = root();
  const std::string own = base.substr(0, base.rfind('/'));
  make_folders(own);
  check_owner(own);
  ::chmod(own.c_str(), S_IRWXU);
  folder_ = base + '/' + folder_name(id);
  make_folders(folder_);
}

Semaphore::Place::Place(std::string path, sys::Fd lock, sys::Fd release)
    : path_(std::move(path)), lock_(inheritable(std::move(lock))), release_(inheritable(std::move(release))) {}

void Semaphore::Place::give_back() {
  ::flock(lock_.get(), LOCK_UN);
  // Another process may have inherited `release_`, so that closing that wakes nobody.
  release_.reset(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  release_.reset();
}

std::string Semaphore::file_of(unsigned number) const { return fmt::format("{}/{}", folder_, number); }

// A file that is only tried is not open for writing, so that nobody wakes.
std::optional<Semaphore::Place> Semaphore::try_place(unsigned number) const {
  const std::string path = file_of(number);
  sys::Fd lock(sys::checked(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600), path.c_str()));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::nullopt;
    sys::throw_errno("cannot lock " + path);
  }
  sys::Fd release(sys::checked(::open(path.c_str(), O_WRONLY | O_CLOEXEC), path.c_str()));
  return std::optional<Place>(std::in_place, path, std::move(lock), std::move(release));
}

std::optional<Semaphore::Place> Semaphore::take(unsigned places, std::optional<Clock::time_point> until) {
  // Watched before the first look, so that no release is missed.
  const sys::Fd watch(sys::checked(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "inotify"));
  sys::checked(::inotify_add_watch(watch.get(), folder_.c_str(), IN_CLOSE_WRITE), folder_.c_str());
  for (;;) {
    std::array<char, 4096> events;  // NOLINT(cppcoreguidelines-pro-type-member-init): what they say does not matter
    while (::read(watch.get(), events.data(), events.size()) > 0) {
    }
    for (unsigned number = 1; number <= places; ++number) {
      if (auto place = try_place(number)) return place;
    }
    std::int64_t wait = longest_sleep_ms;
    if (until) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now()).count();
      if (left <= 0) return std::nullopt;
      wait = std::min<std::int64_t>(left, wait);
    }
    pollfd readable{watch.get(), POLLIN, 0};
    sys::retry_interrupted([&] { return ::poll(&readable, 1, static_cast<int>(wait)); });
  }
}

void Semaphore::wait_until_unused() const {
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    const sys::Fd lock(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (lock) static_cast<void>(sys::retry_interrupted([&] { return ::flock(lock.get(), LOCK_EX); }));
  }
}

}  // namespace prun::app
