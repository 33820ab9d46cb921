// The master's side of the process that forks workers. server_process.cpp is the other side.
#include "pool/fork_server.hpp"

#include "pool/handover.hpp"
#include "pool/server_process.hpp"
#include "pool/spawn_program.hpp"
#include "pool/spawned_start.hpp"
#include "sys/error.hpp"
#include "sys/patience.hpp"
#include "sys/process.hpp"
#include "sys/start_modules.hpp"

#include <prun/detail/callable.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace prun::pool {
namespace {

// Time for it to kill its workers and their children. A server that takes longer is stopped or hangs.
constexpr std::chrono::seconds parting{5};

/// The two ends of the socket. Their numbers avoid the standard streams, because a static constructor may write to those.
std::array<sys::Fd, 2> make_socket() {
  std::array<int, 2> ends{};
  sys::checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  std::array<sys::Fd, 2> socket{sys::Fd(ends[0]), sys::Fd(ends[1])};
  for (sys::Fd& end : socket) {
    if (end.get() > STDERR_FILENO) continue;
    end = sys::Fd(sys::checked(::fcntl(end.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1), "fcntl"));
  }
  return socket;
}

}  // namespace

ForkServer::ForkServer(const ring::Region& region, const WorkerMain& worker_main, std::uint32_t initial,
                       const std::function<void()>& last_act, bool guarded)
    : guardian_(region, last_act) {
  auto [own_end, server_end] = make_socket();
  socket_ = std::move(own_end);
  const pid_t master = ::getpid();
  pid_ = sys::checked(::fork(), "cannot fork");
  if (pid_ == 0) {
    socket_.reset();
    const ServerCharge charge{&region, &worker_main, initial, &last_act, guarded};
    ServerProcess(charge, std::move(server_end), guardian_, master).run();
  }
  guardian_.leave_to_server();
}

ForkServer::ForkServer(const ring::Region& region, const SpawnCharge& charge, std::uint32_t initial)
    : guardian_(region, std::function<void()>()) {
  if (region.memory().fd() < 0 || charge.modules_fd < 0) {
    throw std::runtime_error(
        "prun: Start::spawn cannot share memory with the program that it executes: the limit of a file's size "
        "(RLIMIT_FSIZE) is too small. Raise it, or use Start::fork");
  }
  auto [own_end, server_end] = make_socket();
  socket_ = std::move(own_end);
  Handover handover{::getpid(), initial, guardian_.mark(), charge.setup->environment, {}, own_preload(), false};
  if (charge.setup->initializer) detail::write_std_function(handover.initializer, &charge.setup->initializer);
  const StartMark mark = own_mark(server_end.get());
  ProgramStart start{arguments_of(mark), server_end.get(), {}};
  if (!sys::belongs_to_program(mark.module)) start.preload = mark.module;
  handover.preloaded = !start.preload.empty();
  const auto pipes = guardian_.pipes();
  send_handover(socket_.get(), handover,
                {region.memory().fd(), charge.event_fd, charge.modules_fd, pipes[0], pipes[1], pipes[2], pipes[3]});
  pid_ = spawn_program(start);
  server_end.reset();
  wait_for_hello();
  guardian_.leave_to_server();
}

// Takes as long as the program's static constructors. Watches socket and process, as others may hold the socket open.
void ForkServer::wait_for_hello() {
  const sys::Fd process = sys::open_pidfd(pid_);
  std::array<pollfd, 2> waits{pollfd{socket_.get(), POLLIN, 0}, pollfd{process.get(), POLLIN, 0}};
  sys::retry_interrupted([&] { return ::poll(waits.data(), waits.size(), -1); });
  std::array<char, 1024> hello{};
  iovec bytes{hello.data(), hello.size()};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  const auto got = sys::retry_interrupted([&] { return ::recvmsg(socket_.get(), &message, MSG_DONTWAIT); });
  if (got <= 0) give_up({});
  if (hello[0] != '\0') give_up(std::string(hello.data(), static_cast<std::size_t>(got)));
}

void ForkServer::give_up(const std::string& why) {
  int status = 0;
  ::kill(pid_, SIGKILL);
  sys::retry_interrupted([&] { return ::waitpid(pid_, &status, 0); });
  std::string text = "prun: Start::spawn: the program, executed once more, did not become a server of workers: ";
  if (!why.empty()) {
    text += why;
  } else if (WIFSIGNALED(status)) {
    text += "it was ended by " + sys::signal_text(WTERMSIG(status)) + " before main(), in a static constructor";
  } else {
    text += "it ended with status " + std::to_string(WEXITSTATUS(status)) + " before main(), in a static constructor";
  }
  throw std::runtime_error(text);
}

ForkServer::~ForkServer() {
  ::kill(pid_, SIGCONT);  // it may have been stopped
  // Closing is not enough: processes forked meanwhile, for example by another pool, hold the socket open too.
  ::shutdown(socket_.get(), SHUT_RDWR);
  socket_.reset();
  if (!sys::child_ends_within(pid_, parting)) ::kill(pid_, SIGKILL);
  sys::retry_interrupted([this] { return ::waitpid(pid_, nullptr, 0); });
  guardian_.wait_until_gone();  // if the server was killed, the guardian has ended what it left
}

void ForkServer::start(std::uint32_t worker) { send({ServerRequest::Kind::spawn, worker, 0}); }

void ForkServer::kill(std::uint32_t worker, int signal) noexcept { send({ServerRequest::Kind::kill, worker, signal}); }

// If a request cannot be sent, the server is of no use and is given up. next_event() reports this.
void ForkServer::send(const ServerRequest& request) noexcept {
  const auto send = [&] { return ::send(socket_.get(), &request, sizeof request, MSG_NOSIGNAL); };
  if (sys::retry_short_of_memory(send) < 0) ::shutdown(socket_.get(), SHUT_RDWR);
}

std::optional<WorkerHost::Event> ForkServer::next_event() {
  if (lost_) return std::nullopt;
  Event event{};
  const auto got = sys::retry_interrupted([&] { return ::recv(socket_.get(), &event, sizeof event, MSG_DONTWAIT); });
  if (got == static_cast<ssize_t>(sizeof event)) return event;
  if (got < 0 && errno == EAGAIN) return std::nullopt;
  lost_ = true;
  return Event{Event::Kind::host_lost, 0, pid_, 0};
}

}  // namespace prun::pool
