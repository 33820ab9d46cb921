// A queue of a few blocks between the thread that makes a trace and the one that writes it.
#include "trace/byte_output.hpp"

#include "sys/cpu_budget.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace prun::trace {
namespace {

constexpr std::size_t most_waiting = 4;

class BackgroundOutput final : public ByteOutput {
 public:
  explicit BackgroundOutput(ByteOutput& to) : to_(&to), writer_([this] { write_blocks(); }) {}
  ~BackgroundOutput() override { end(); }

  void write(std::string_view bytes) override {
    std::string block(bytes);
    take(block);
  }

  void take(std::string& block) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < most_waiting; });
    if (error_) std::rethrow_exception(error_);
    waiting_.push_back(std::exchange(block, {}));
    if (!free_.empty()) {
      block = std::move(free_.back());
      free_.pop_back();
    }
    changed_.notify_all();
  }

  void finish() override {
    end();
    if (error_) std::rethrow_exception(error_);
    to_->finish();
  }

 private:
  void end() {
    if (!writer_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      changed_.notify_all();
    }
    writer_.join();
  }

  void write_blocks() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      std::string block = std::move(waiting_.front());
      waiting_.pop_front();
      changed_.notify_all();
      lock.unlock();
      std::exception_ptr failed;
      try {
        if (!error_) to_->write(block);
      } catch (...) {
        failed = std::current_exception();
      }
      block.clear();
      lock.lock();
      if (failed) error_ = failed;
      free_.push_back(std::move(block));
    }
  }

  ByteOutput* to_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  std::vector<std::string> free_;
  std::exception_ptr error_;  ///< only the writer sets it; what comes after it is not written
  bool ended_ = false;
  std::thread writer_;
};

}  // namespace

std::unique_ptr<ByteOutput> make_background_output(ByteOutput& to) {
  if (sys::cpu_budget() < 2) return nullptr;
  try {
    return std::make_unique<BackgroundOutput>(to);
  } catch (const std::system_error&) {
    return nullptr;
  }
}

}  // namespace prun::trace
