#include "command/program_output.hpp"

#include "command/child_process.hpp"
#include "command/stop_failure.hpp"
#include "sys/error.hpp"
#include "sys/fd.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

namespace prun::command {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct Pipe {
  sys::Fd read;
  sys::Fd write;
  Pipe() {
    std::array<int, 2> fds{};
    sys::checked(::pipe2(fds.data(), O_CLOEXEC), "cannot create a pipe");
    read.reset(fds[0]);
    write.reset(fds[1]);
  }
};

constexpr std::size_t most_output = std::size_t{16} << 20;  ///< of each stream

/// Reads both pipes to their ends, as far as the program writes no more than it may. Returns false if that takes too long.
bool read_all(Pipe& out, Pipe& err, std::string& printed, std::string& complaint, Clock::time_point until) {
  std::array<char, 4096> block{};
  while (out.read || err.read) {
    std::array<pollfd, 2> waits{pollfd{out.read.get(), POLLIN, 0}, pollfd{err.read.get(), POLLIN, 0}};
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    static_cast<void>(::poll(waits.data(), waits.size(), static_cast<int>(left)));
    for (std::size_t i = 0; i < waits.size(); ++i) {
      if (waits[i].revents == 0) continue;
      Pipe& pipe = i == 0 ? out : err;
      const auto got = sys::retry_interrupted([&] { return ::read(pipe.read.get(), block.data(), block.size()); });
      std::string& text = i == 0 ? printed : complaint;
      if (got > 0) text.append(block.data(), static_cast<std::size_t>(got));
      if (got <= 0 || text.size() > most_output) pipe.read.reset();
    }
  }
  return true;
}

std::string_view last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text.substr(text.find_last_of('\n') + 1);  // npos + 1 is 0
}

}  // namespace

tl::expected<std::string, std::string> program_output(const std::vector<std::string>& words, milliseconds limit) try {
  const sys::Fd nothing(sys::checked(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null"));
  Pipe out;
  Pipe err;
  Program program{.path = find_program(words.front()), .arguments = words};
  program.in = nothing.get();
  program.out = out.write.get();
  program.err = err.write.get();
  const auto until = Clock::now() + limit;
  ChildProcess child(program);
  out.write.reset();
  err.write.reset();
  std::string printed;
  std::string complaint;
  const auto left = [&] { return std::max(std::chrono::ceil<milliseconds>(until - Clock::now()), milliseconds(0)); };
  if (!read_all(out, err, printed, complaint, until) || !child.ends_within(left()))
    return tl::unexpected(
        fmt::format("{} took longer than {} s", words.front(), std::chrono::ceil<std::chrono::seconds>(limit).count()));
  if (printed.size() > most_output)
    return tl::unexpected(fmt::format("{} printed more than {} MiB", words.front(), most_output >> 20));
  const int status = child.wait().status;
  if (status == 0) return printed;
  const std::string_view why = last_line(complaint);
  return tl::unexpected(
      fmt::format("{} failed: {}", words.front(), why.empty() ? failure_of(status).message : std::string(why)));
} catch (const std::system_error& error) {
  return tl::unexpected(fmt::format("{} cannot be started: {}", words.front(), error.what()));
}

}  // namespace prun::command
