#include "agent/head_line.hpp"

#include "cluster/messages.hpp"
#include "sys/error.hpp"
#include "sys/event_fd.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace prun::agent {
namespace {

using cluster::FrameType;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t block_size = std::size_t{256} * 1024;

/// How long the other thread has to end the tasks of a head that is gone. Then this process ends, and its guardian kills them.
constexpr std::chrono::seconds ending_time{5};

}  // namespace

HeadLine::HeadLine(sys::Fd in, sys::Fd out)
    : in_(std::move(in)),
      outlet_(std::make_shared<cluster::Outlet>(std::move(out))),
      event_(sys::checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      end_(sys::checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {}

HeadLine::~HeadLine() {
  pulse_.reset();
  sys::signal_event(end_.get());
  if (reader_.joinable()) reader_.join();
}

void HeadLine::write_text(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = sys::retry_interrupted([&] { return ::write(outlet_->fd(), text.data(), text.size()); });
    if (written < 0 && errno == EAGAIN) {
      pollfd writable{outlet_->fd(), POLLOUT, 0};
      sys::retry_interrupted([&] { return ::poll(&writable, 1, -1); });
    } else if (written < 0) {
      return;  // reading will tell
    } else {
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
}

std::optional<Message> HeadLine::wait_for_message() {
  for (;;) {
    const auto frame = frames_.next();
    if (!frame) return std::nullopt;
    if (*frame && (*frame)->type != FrameType::beat) return Message{(*frame)->type, std::string((*frame)->body)};
    if (!*frame && !read_some()) return std::nullopt;
  }
}

bool HeadLine::read_some() {
  block_.resize(block_size);
  for (;;) {
    const ssize_t got = sys::retry_interrupted([&] { return ::read(in_.get(), block_.data(), block_.size()); });
    if (got < 0 && errno == EAGAIN) {  // where both streams are one socket
      pollfd readable{in_.get(), POLLIN, 0};
      sys::retry_interrupted([&] { return ::poll(&readable, 1, -1); });
      continue;
    }
    if (got <= 0) return false;
    heard_ = true;
    if (setup_limit_ != nullptr) setup_limit_->restart();
    frames_.feed(std::string_view(block_).substr(0, static_cast<std::size_t>(got)));
    return true;
  }
}

void HeadLine::start(milliseconds dead_after) {
  setup_limit_.reset();
  dead_after_ = dead_after;
  pulse_ = std::make_unique<cluster::Pulse>(dead_after / 3);
  pulse_->add(outlet_);
  reader_ = std::thread([this] { read_forever(); });
}

void HeadLine::read_forever() {
  auto heard = steady_clock::now();
  bool open = take_frames();  // the first may have come with the setup
  while (open) {
    const auto left = std::chrono::ceil<milliseconds>(heard + dead_after_ - steady_clock::now());
    const int limit = paused_ ? -1 : static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    std::array<pollfd, 2> waits{pollfd{in_.get(), POLLIN, 0}, pollfd{end_.get(), POLLIN, 0}};
    sys::retry_interrupted([&] { return ::poll(waits.data(), waits.size(), limit); });
    if (waits[1].revents != 0) return;
    if (waits[0].revents != 0) {
      open = read_some() && take_frames();
      heard = steady_clock::now();
    } else if (!paused_ && steady_clock::now() >= heard + dead_after_) {
      open = false;
    }
  }
  note_lost();
}

bool HeadLine::take_frames() {
  bool any = false;
  for (;;) {
    const auto frame = frames_.next();
    if (!frame) return false;
    if (!*frame) break;
    if ((*frame)->type == FrameType::beat) {
      try {
        outlet_->note_beat(cluster::decode_beat((*frame)->body).sent_ns);
      } catch (const wire::DecodeError&) {
        return false;
      }
      outlet_->beat();
      continue;
    }
    if ((*frame)->type == FrameType::pause) paused_ = true;
    if ((*frame)->type == FrameType::resume) paused_ = false;
    any = true;
    const std::lock_guard guard(mutex_);
    messages_.push_back({(*frame)->type, std::string((*frame)->body)});
  }
  if (any) sys::signal_event(event_.get());
  return true;
}

void HeadLine::note_lost() {
  {
    const std::lock_guard guard(mutex_);
    lost_ = true;
  }
  sys::signal_event(event_.get());
  pollfd end{end_.get(), POLLIN, 0};
  const int limit = static_cast<int>(milliseconds(ending_time).count());
  const int ended = sys::retry_interrupted([&] { return ::poll(&end, 1, limit); });
  if (ended == 0) ::_exit(1);
}

bool HeadLine::lost() const {
  const std::lock_guard guard(mutex_);
  return lost_;
}

std::vector<Message> HeadLine::take() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(event_.get(), &count, sizeof count);
  const std::lock_guard guard(mutex_);
  return std::exchange(messages_, {});
}

void HeadLine::drain(milliseconds limit) {
  const auto until = steady_clock::now() + limit;
  while (outlet_->flush() && outlet_->waits() && steady_clock::now() < until) {
    pollfd writable{outlet_->fd(), POLLOUT, 0};
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    static_cast<void>(::poll(&writable, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))));
  }
}

}  // namespace prun::agent
