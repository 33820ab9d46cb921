// A thread that sends beats for this process, whatever its other threads do. It knows outlets and no nodes.
#pragma once

#include "cluster/outlet.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace prun::cluster {

class Pulse {
 public:
  explicit Pulse(std::chrono::milliseconds period) : period_(period), thread_([this] { run(); }) {}
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;
  ~Pulse() {
    {
      const std::lock_guard guard(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  /// Sends beats there, as long as the outlet exists.
  void add(const std::shared_ptr<Outlet>& outlet) {
    const std::lock_guard guard(mutex_);
    std::erase_if(outlets_, [](const auto& known) { return known.expired(); });
    outlets_.push_back(outlet);
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, period_, [this] { return ending_; })) {
      for (const auto& known : outlets_) {
        if (const auto outlet = known.lock()) outlet->beat();
      }
    }
  }

  std::chrono::milliseconds period_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::vector<std::weak_ptr<Outlet>> outlets_;
  std::thread thread_;
};

}  // namespace prun::cluster
