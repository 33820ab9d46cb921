// A plugin for the tests over all kinds of function: one function for each way in which a call can go.
#include <prun/function.hpp>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

void act(const std::string& fault, int number) {
  if (fault == "fail") throw std::runtime_error("no such luck");
  if (fault == "leave") ::_exit(number);
  if (fault == "die") std::raise(number);
}

/// What happens while it is read or written is up to it.
struct Bomb {
  std::string stage;
  std::string fault;
  int number = 0;
};

}  // namespace

template <>
struct prun::plugin::Codec<Bomb> {
  static constexpr std::uint32_t type = PRUN_ARRAY;
  static std::string describe() { return "bomb"; }
  static Bomb read(Reader& reader) {
    auto [stage, fault, number] = Codec<std::tuple<std::string, std::string, int>>::read(reader);
    if (stage == "decode") act(fault, number);
    return {stage, fault, number};
  }
  static void write(Writer& writer, const Bomb& bomb) {
    if (bomb.stage == "middle") Codec<std::string>::write(writer, std::string(5'000'000, 'y'));
    if (bomb.stage == "encode" || bomb.stage == "middle") act(bomb.fault, bomb.number);
    writer.null();
  }
};

namespace {

PRUN_FUNCTION(
    fine, [](long n) { return n + 1; }, "n and one", "n");
PRUN_FUNCTION(
    fail, [](const std::string& message) -> int { throw std::runtime_error(message); }, "", "message");
PRUN_FUNCTION(
    leave, [](int status) { ::_exit(status); }, "", "status");
PRUN_FUNCTION(
    die, [](int number) { std::raise(number); }, "", "number");
PRUN_FUNCTION(
    hang,
    [](int) {
      for (;;) ::pause();
    },
    "", "n");
/// Forks a child that comes back too, and returns its status.
int forked(const std::string& how) {
  const auto child =
      how == "clone" ? static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr)) : ::fork();
  if (child == 0 && how == "throw") throw std::runtime_error("thrown in the child");
  int status = 0;
  if (child > 0) ::waitpid(child, &status, 0);
  return status;
}
PRUN_FUNCTION(forked, forked, "", "how");
PRUN_FUNCTION(
    large, [](std::size_t size) { return std::string(size, 'y'); }, "", "size");
PRUN_FUNCTION(
    staged,
    [](Bomb bomb) {
      if (bomb.stage == "run") act(bomb.fault, bomb.number);
      return bomb;
    },
    "", "bomb");

}  // namespace
