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

void Outlet::add_bytes(std::shared_ptr<const std::string> bytes) {
  Later later{.kind = Later::Kind::bytes};
  later.bytes = std::move(bytes);
  add_later(std::move(later));
}

void Outlet::add(FrameType type, std::string_view body) {
  const std::lock_guard guard(mutex_);
  if (later_.empty()) return add_to_waiting(type, body);
  later_.push_back({.kind = Later::Kind::frame, .type = type, .body = std::string(body)});
}

void Outlet::add_file(FileChunk head, std::string path) {
  add_later({.kind = Later::Kind::file, .head = std::move(head), .path = std::move(path)});
}

void Outlet::add_file(FileChunk head, sys::Fd file) {
  add_later({.kind = Later::Kind::file, .head = std::move(head), .file = std::move(file)});
}

void Outlet::add_later(Later later) {
  const std::lock_guard guard(mutex_);
  later_.push_back(std::move(later));
}

bool Outlet::bytes_are_next() const { return !later_.empty() && later_.front().kind == Later::Kind::bytes; }

void Outlet::add_to_waiting(FrameType type, std::string_view body) {
  append_frame(waiting_, type, body);
  beats_from_ = waiting_.size();
}

// Only as much as the pipe will take soon.
void Outlet::refill() {
  while (!later_.empty() && !bytes_are_next() && waiting_.size() - written_ < part_size) {
    Later& next = later_.front();
    if (next.kind == Later::Kind::frame) {
      add_to_waiting(next.type, next.body);
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
  add_to_waiting(FrameType::file, encode(file.head));
  file.head.bytes = {};
  return file.head.last;
}

bool Outlet::flush() {
  const std::lock_guard guard(mutex_);
  return write_some();
}

void Outlet::beat() {
  const std::lock_guard guard(mutex_);
  if (!bytes_are_next() && waiting_.size() - written_ < most_before_a_beat) {
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

std::chrono::steady_clock::time_point Outlet::last_moved() {
  const std::lock_guard guard(mutex_);
  return moved_at_;
}

void Outlet::close() {
  const std::lock_guard guard(mutex_);
  fd_.reset();
  broken_ = true;
}

std::string_view Outlet::next_bytes() const {
  if (written_ < waiting_.size()) return std::string_view(waiting_).substr(written_);
  return bytes_are_next() ? std::string_view(*later_.front().bytes).substr(later_.front().at) : std::string_view();
}

void Outlet::note_written(std::size_t count) {
  if (written_ == waiting_.size()) {
    Later& bytes = later_.front();
    bytes.at += count;
    moved_at_ = std::chrono::steady_clock::now();
    if (bytes.at == bytes.bytes->size()) later_.pop_front();
    return;
  }
  if (written_ < beats_from_) moved_at_ = std::chrono::steady_clock::now();
  written_ += count;
  if (written_ >= part_size && !later_.empty()) {  // a file goes on: what was written need not stay
    waiting_.erase(0, written_);
    beats_from_ -= std::min(beats_from_, written_);
    written_ = 0;
  }
}

bool Outlet::write_some() {
  for (;;) {
    refill();
    const std::string_view next = next_bytes();
    if (broken_ || next.empty()) break;
    const ssize_t got = sys::retry_interrupted([&] { return ::write(fd_.get(), next.data(), next.size()); });
    if (got < 0 && errno == EAGAIN) break;
    if (got < 0) {
      broken_ = true;
      break;
    }
    note_written(static_cast<std::size_t>(got));
  }
  if (broken_ || written_ == waiting_.size()) {
    constexpr std::size_t largest_kept = std::size_t{1} << 20U;
    if (waiting_.capacity() > largest_kept) std::string().swap(waiting_);
    waiting_.clear();
    written_ = beats_from_ = 0;
  }
  return !broken_;
}

}  // namespace prun::cluster
