// What the tests of this folder share: an output that writes into a file, and events written down as JSON.
#pragma once

#include "event/task_event.hpp"
#include "output/make_output.hpp"
#include "support/values.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

namespace prun::test {

/// A file that is gone when the test is.
class TemporaryFile {
 public:
  TemporaryFile() : file_(std::tmpfile(), &std::fclose) {}

  [[nodiscard]] int fd() const { return ::fileno(file_.get()); }

  [[nodiscard]] std::string content() const {
    std::string text;
    std::rewind(file_.get());
    char block[4096];
    while (const std::size_t n = std::fread(block, 1, sizeof block, file_.get())) text.append(block, n);
    return text;
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

/// 18:33:51.401014, local time, of a day in January 2026.
inline std::chrono::system_clock::time_point half_past_six() {
  std::tm local{};
  local.tm_year = 126;
  local.tm_mday = 31;
  local.tm_hour = 18;
  local.tm_min = 33;
  local.tm_sec = 51;
  local.tm_isdst = -1;
  return std::chrono::system_clock::from_time_t(std::mktime(&local)) + std::chrono::microseconds(401014);
}

inline std::chrono::system_clock::time_point utc(std::int64_t seconds, std::int64_t microseconds) {
  return std::chrono::system_clock::time_point(std::chrono::seconds(seconds) + std::chrono::microseconds(microseconds));
}

/// A call and what came of it; values are given as JSON.
struct Call {
  std::string function;
  std::string args;
  std::string result = "";
  std::string kwargs = "";
  std::string id = "";
  Failure failure = {};
};

/// An output of the given options and all that it has printed.
class Printed {
 public:
  explicit Printed(OutputOptions options = {}) : out_(out_file_.fd(), "output"), err_(err_file_.fd(), "errors") {
    options.clock = half_past_six;
    listener_ = make_output(options, out_, err_);
  }

  Printed& print(const Call& call) {
    const std::string args = json_value(call.args);
    const std::string result = call.result.empty() ? "" : json_value(call.result);
    const std::string kwargs = call.kwargs.empty() ? "" : json_value(call.kwargs);
    const std::string id = call.id.empty() ? "" : json_value(call.id);
    event.function = call.function;
    event.args = args;
    event.value = result;
    event.kwargs = kwargs;
    event.id = id;
    event.failure = result.empty() ? &call.failure : nullptr;
    listener_->on_task(event);
    ++event.index;
    return *this;
  }

  Printed& end() {
    listener_->on_end();
    return *this;
  }

  [[nodiscard]] std::string out() { return out_.flush(), out_file_.content(); }
  [[nodiscard]] std::string err() { return err_.flush(), err_file_.content(); }

  TaskEvent event;  ///< its times, worker and attempt are for the test to set

 private:
  TemporaryFile out_file_;
  TemporaryFile err_file_;
  OutputBuffer out_;
  OutputBuffer err_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace prun::test
