#include "cluster/outlet.hpp"

#include "cluster/messages.hpp"
#include "sys/error.hpp"
#include "sys/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

namespace prun::cluster {
namespace {

constexpr std::size_t part_size = std::size_t{256} * 1024;          // of a file
constexpr std::size_t most_before_a_beat = std::size_t{64} * 1024;  // bytes that arrive are a sign of life too

}  // namespace

std::int64_t monotonic_ns() noexcept {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Outlet::Outlet(sys::Fd fd) : fd_(std::move(fd)) {
  const int flags = sys::checked(::fcntl(fd_.get(), F_GETFL), "fcntl");
  sys::checked(::fcntl(fd_.get(), F_SETFL, flags | O_NONBLOCK), "fcntl");
}

void Outlet::add_bytes(std::string_view bytes) {
  const std::lock_guard guard(mutex_);
  waiting_.append(bytes);
}

void Outlet::add(FrameType type, std::string_view body) {
  const std::lock_guard guard(mutex_);
  if (later_.empty()) return append_frame(waiting_, type, body);
  later_.push_back({type, std::string(body), {}, {}, {}, false});
}

void Outlet::add_file(FileChunk head, std::string path) {
  add_file({FrameType::file, {}, std::move(head), std::move(path), {}, true});
}

void Outlet::add_file(FileChunk head, sys::Fd file) {
  add_file({FrameType::file, {}, std::move(head), {}, std::move(file), true});
}

void Outlet::add_file(Later file) {
  const std::lock_guard guard(mutex_);
  later_.push_back(std::move(file));
}

// Only as much as the pipe will take soon.
void Outlet::refill() {
  while (!later_.empty() && waiting_.size() - written_ < part_size) {
    Later& next = later_.front();
    if (!next.is_file) {
      append_frame(waiting_, next.type, next.body);
    } else if (!read_part(next)) {
      continue;
    }
    later_.pop_front();
  }
}

/// Appends the next part of a file. Returns true if it was the last.
bool Outlet::read_part(Later& file) {
  if (!file.file) {
    sys::RegularFile opened = sys::open_regular_file(file.path);
    if (!opened.problem.empty()) file.head.error = "cannot read " + file.path + ": " + opened.problem;
    file.head.mode = opened.mode;
    file.file = std::move(opened.file);
  }
  std::string part;
  if (file.head.error.empty()) {
    part.resize(part_size);
    const auto got = sys::retry_interrupted([&] { return ::read(file.file.get(), part.data(), part.size()); });
    if (got < 0) file.head.error = "cannot read " + file.path + ": " + std::generic_category().message(errno);
    part.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  file.head.bytes = part;
  file.head.last = part.empty();
  append_frame(waiting_, FrameType::file, encode(file.head));
  file.head.bytes = {};
  return file.head.last;
}

bool Outlet::flush() {
  const std::lock_guard guard(mutex_);
  return write_some();
}

void Outlet::beat() {
  const std::lock_guard guard(mutex_);
  if (waiting_.size() - written_ < most_before_a_beat) {
    Beat beat{monotonic_ns(), echo_ns_, 0};
    if (echo_ns_ != 0) beat.held_ns = beat.sent_ns - echo_came_ns_;
    append_frame(waiting_, FrameType::beat, encode(beat));
  }
  write_some();
}

void Outlet::note_beat(std::int64_t sent_ns) {
  const std::lock_guard guard(mutex_);
  echo_ns_ = sent_ns;
  echo_came_ns_ = monotonic_ns();
}

bool Outlet::waits() {
  const std::lock_guard guard(mutex_);
  return !broken_ && (written_ < waiting_.size() || !later_.empty());
}

void Outlet::close() {
  const std::lock_guard guard(mutex_);
  fd_.reset();
  broken_ = true;
}

bool Outlet::write_some() {
  for (refill(); !broken_ && written_ < waiting_.size(); refill()) {
    const ssize_t got = sys::retry_interrupted(
        [&] { return ::write(fd_.get(), waiting_.data() + written_, waiting_.size() - written_); });
    if (got < 0 && errno == EAGAIN) break;
    if (got < 0) {
      broken_ = true;
      break;
    }
    written_ += static_cast<std::size_t>(got);
    if (written_ >= part_size && !later_.empty()) {  // a file goes on: what was written need not stay
      waiting_.erase(0, written_);
      written_ = 0;
    }
  }
  if (broken_ || written_ == waiting_.size()) {
    constexpr std::size_t largest_kept = std::size_t{1} << 20U;
    if (waiting_.capacity() > largest_kept) std::string().swap(waiting_);
    waiting_.clear();
    written_ = 0;
  }
  return !broken_;
}

}  // namespace prun::cluster
