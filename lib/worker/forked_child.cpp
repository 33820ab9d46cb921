#include "worker/forked_child.hpp"

#include "sys/error.hpp"
#include "worker/exception_failure.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>

namespace prun::worker {

void end_forked_child(const std::exception_ptr& error) noexcept {
  if (error) {
    const Failure failure = failure_of(error);
    const std::string text = "prun: process " + std::to_string(::getpid()) + ", which a task forked, ended with " +
                             failure.type + ": " + failure.message + "\n";
    [[maybe_unused]] const auto written =
        sys::retry_interrupted([&] { return ::write(STDERR_FILENO, text.data(), text.size()); });
  }
  std::fflush(nullptr);
  ::_exit(error ? 1 : 0);
}

}  // namespace prun::worker
