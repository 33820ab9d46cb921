// The agent's line to the head of the run: a thread that reads frames, and does nothing else. So the head hears that this node
// lives whatever its tasks and its other thread do, and the node notices that its head is gone. It does not know what frames
// mean, except beats.
#pragma once

#include "agent/setup_limit.hpp"
#include "cluster/frame.hpp"
#include "cluster/outlet.hpp"
#include "cluster/pulse.hpp"
#include "sys/fd.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace prun::agent {

/// A frame that owns its body.
struct Message {
  cluster::FrameType type = cluster::FrameType::beat;
  std::string body;
};

class HeadLine {
 public:
  /// @param in, out standard streams of an agent @throws std::system_error
  HeadLine(sys::Fd in, sys::Fd out);
  HeadLine(const HeadLine&) = delete;
  HeadLine& operator=(const HeadLine&) = delete;
  ~HeadLine();

  /// From now until `start`, the kernel kills this process if it reads nothing from the head for so long.
  void limit_setup(std::chrono::milliseconds limit) { setup_limit_ = std::make_unique<SetupLimit>(limit); }
  /// Before `start`: waits for the next frame. Absent: the head is gone, or what it sends is no frame.
  [[nodiscard]] std::optional<Message> wait_for_message();
  /// Bytes have come, whether they are a message or not.
  [[nodiscard]] bool heard_something() const noexcept { return heard_; }
  /// Writes text that is no frame, the banner.
  void write_text(std::string_view text);

  /// Starts the threads. Call it when the first worker process has been forked.
  /// @param dead_after the silence after which the head counts as gone
  void start(std::chrono::milliseconds dead_after);

  void send(cluster::FrameType type, std::string_view body) { outlet_->add(type, body); }
  /// Sends a file, as `head` says, before what is sent later.
  void send_file(cluster::FileChunk head, sys::Fd file) { outlet_->add_file(std::move(head), std::move(file)); }
  /// Writes what the head takes now.
  void flush() { outlet_->flush(); }
  /// What was sent waits for the head to read.
  [[nodiscard]] bool waits() const { return outlet_->waits(); }
  [[nodiscard]] int out_fd() const noexcept { return outlet_->fd(); }
  /// Waits until all is written, but not longer than `limit`.
  void drain(std::chrono::milliseconds limit);

  /// Readable when there are messages, or the head is gone.
  [[nodiscard]] int fd() const noexcept { return event_.get(); }
  [[nodiscard]] std::vector<Message> take();
  /// The head has closed its end, sends no frames, or was silent for too long.
  [[nodiscard]] bool lost() const;

 private:
  void read_forever();
  /// False: the stream has ended.
  [[nodiscard]] bool read_some();
  [[nodiscard]] bool take_frames();
  void note_lost();

  sys::Fd in_;
  std::shared_ptr<cluster::Outlet> outlet_;
  sys::Fd event_;
  sys::Fd end_;  ///< readable when the thread is to end
  cluster::FrameReader frames_;
  std::string block_;
  bool heard_ = false;
  std::unique_ptr<SetupLimit> setup_limit_;
  std::chrono::milliseconds dead_after_{0};
  bool paused_ = false;  ///< the head said that it will be silent

  mutable std::mutex mutex_;
  std::vector<Message> messages_;
  bool lost_ = false;

  std::unique_ptr<cluster::Pulse> pulse_;
  std::thread reader_;
};

}  // namespace prun::agent
