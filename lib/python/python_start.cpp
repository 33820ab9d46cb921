#include "python/python_start.hpp"

#include "python/embedded.hpp"
#include "sys/error.hpp"
#include "sys/patience.hpp"
#include "wire/json.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::python {
namespace {

constexpr std::size_t most_fds = 4;

/// The library inside as an unnamed file; created once per process.
int library_file() {
  static const sys::Fd file = [] {
    sys::Fd made(::memfd_create("prun-inside.so", MFD_CLOEXEC));
    if (!made) made = sys::Fd(::open(P_tmpdir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0700));  // vm.memfd_noexec
    sys::checked(made.get(), "a file for the library that Python loads");
    std::string_view left = inside_library();
    while (!left.empty()) {
      const auto wrote = sys::retry_interrupted([&] { return ::write(made.get(), left.data(), left.size()); });
      left.remove_prefix(static_cast<std::size_t>(sys::checked(wrote, "the library that Python loads")));
    }
    return made;
  }();
  return file.get();
}

bool send_text(int socket, std::string_view text) {
  while (!text.empty()) {
    const auto sent =
        sys::retry_short_of_memory([&] { return ::send(socket, text.data(), text.size(), MSG_NOSIGNAL); });
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool send_fds(int socket, std::span<const int> given, std::uint32_t worker) {
  std::array<int, most_fds> fds{library_file()};
  const std::size_t count = 1 + std::min(given.size(), most_fds - 1);
  std::copy_n(given.begin(), count - 1, fds.begin() + 1);
  iovec data{&worker, sizeof worker};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fds)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  cmsghdr* rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(count * sizeof(int));
  std::memcpy(CMSG_DATA(rights), fds.data(), count * sizeof(int));
  return sys::retry_short_of_memory([&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL); }) > 0;
}

/// The script requests its descriptors when it runs.
bool asks(int socket) {
  char question = 0;
  return sys::retry_interrupted([&] { return ::recv(socket, &question, 1, MSG_PEEK); }) == 1 && question == '?' &&
         ::recv(socket, &question, 1, 0) == 1;
}

std::string literal(const char* name, std::string_view text) {
  std::string line = std::string(name) + " = ";
  wire::append_json_string(line, text);  // a JSON string is a Python string too
  return line += '\n';
}

std::string script_of(const PythonOptions& options) {
  std::string text = literal("DEFAULT", options.default_function) + literal("CODE", options.code) + "ENVIRONMENT = {";
  for (const auto& [name, value] : options.environment) {
    wire::append_json_string(text, name);
    text += ": ";
    wire::append_json_string(text, value);
    text += ", ";
  }
  text += "}\n";
  for (const auto part : {modules_script(), failures_script(), describe_script(), results_script(), worker_script()}) {
    text += part;
  }
  return text;
}

std::vector<std::string> words_of(const PythonOptions& options, std::size_t script_size, const std::string& role) {
  return {options.program, "-c",
          "import sys\n"
          "if sys.path[:1] == [''] and not getattr(sys.flags, 'safe_path', False): del sys.path[0]\n"
          "import os\n"
          "s = b''\n"
          "while len(s) < int(sys.argv[1]): s += os.read(0, int(sys.argv[1]) - len(s)) or sys.exit(1)\n"
          "exec(compile(s, '<prun>', 'exec'))",
          std::to_string(script_size), role};
}

}  // namespace

StartedPython start_python(const PythonOptions& options, const std::string& role, std::span<const int> fds,
                           std::uint32_t worker) {
  std::array<int, 2> ends{};
  sys::checked(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  StartedPython started;
  started.socket = sys::Fd(ends[0]);
  const std::string script = script_of(options);
  {
    const sys::Fd other(ends[1]);
    const std::vector<std::string> words = words_of(options, script.size(), role);
    command::Program program{command::find_program(options.program), words};
    program.keeps_stack_limit = true;  // it makes the worker's calls
    program.in = other.get();
    program.out = STDERR_FILENO;
    started.child = std::make_unique<command::ChildProcess>(program);
  }
  const int socket = started.socket.get();
  started.ready = send_text(socket, script) && asks(socket) && send_fds(socket, fds, worker);
  return started;
}

bool ends_within(int end_fd, int ms) {
  pollfd ended{end_fd, POLLIN, 0};
  return sys::retry_interrupted([&] { return ::poll(&ended, 1, ms); }) > 0;
}

}  // namespace prun::python
