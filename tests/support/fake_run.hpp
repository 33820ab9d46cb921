// A run whose present state a test writes down.
#pragma once

#include "event/run_view.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace prun::test {

class FakeRun final : public RunView {
 public:
  void runs(std::uint64_t index, std::optional<std::chrono::nanoseconds> age, std::string call) {
    const auto place = static_cast<std::uint32_t>(all.size());
    all.push_back({place, static_cast<std::int32_t>(100 + place), RunningCall{index, age}});
    calls[index] = std::move(call);
  }
  void idles() {
    const auto place = static_cast<std::uint32_t>(all.size());
    all.push_back({place, static_cast<std::int32_t>(100 + place), {}});
  }

  [[nodiscard]] Counts counts() const override { return now_done; }
  [[nodiscard]] std::optional<std::uint64_t> total() const override { return now_total; }
  [[nodiscard]] std::uint32_t worker_limit() const override { return limit; }
  [[nodiscard]] std::vector<Worker> workers() const override { return all; }
  [[nodiscard]] std::chrono::nanoseconds elapsed() const override { return time; }
  [[nodiscard]] HeldBack held_back() const override { return held; }
  [[nodiscard]] std::string call_of(std::uint64_t index) const override { return calls.at(index); }
  [[nodiscard]] std::uint64_t memory_of(std::uint32_t) const override { return bytes; }
  [[nodiscard]] std::string last_output_of(std::uint32_t) const override { return output; }

  Counts now_done;
  std::optional<std::uint64_t> now_total;
  std::uint32_t limit = 2;
  std::vector<Worker> all;
  std::chrono::nanoseconds time{0};
  HeldBack held;
  std::map<std::uint64_t, std::string> calls;
  std::uint64_t bytes = 0;
  std::string output;
};

}  // namespace prun::test
