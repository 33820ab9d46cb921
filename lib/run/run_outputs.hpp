// The outputs of a run and their readers: standard output, whose reader can end the run by closing it, and standard error.
#pragma once

#include "output/output_buffer.hpp"
#include "run/wait_set.hpp"

#include <cstdint>

namespace prun {

class RunOutputs {
 public:
  /// Both must let slow readers wait, and must outlive this object.
  RunOutputs(OutputBuffer& out, OutputBuffer& err) : out_(&out), err_(&err) {}

  [[nodiscard]] OutputBuffer& out() const noexcept { return *out_; }
  [[nodiscard]] OutputBuffer& err() const noexcept { return *err_; }
  void push() { prun::push(*out_, *err_); }
  [[nodiscard]] bool all_written() const noexcept { return out_->empty() && err_->empty(); }
  /// Returns true if the reader of standard output has closed it.
  [[nodiscard]] bool reader_gone() const noexcept { return out_->closed() || reader_gone_; }
  /// Drops the waiting output. @return its size in bytes
  std::uint64_t give_up_rest() noexcept { return out_->give_up_rest() + err_->give_up_rest(); }

  /// Waits for room, and for the reader of standard output to close it.
  void add_to(WaitSet& waits) {
    waits.add(out_->fd(), out_->waits_for_reader() ? POLLOUT : 0, [this](short revents) {
      if ((revents & (POLLERR | POLLNVAL)) != 0) reader_gone_ = true;
      out_->reader_is_ready();
    });
    add_room(waits, *err_);
  }
  /// Waits for room if there is none.
  void add_room_to(WaitSet& waits) {
    add_room(waits, *out_);
    add_room(waits, *err_);
  }

 private:
  static void add_room(WaitSet& waits, OutputBuffer& output) {
    if (output.waits_for_reader()) waits.add(output.fd(), POLLOUT, [&output](short) { output.reader_is_ready(); });
  }

  OutputBuffer* out_;
  OutputBuffer* err_;
  bool reader_gone_ = false;
};

}  // namespace prun
