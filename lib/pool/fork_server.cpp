// The master's side of the process that forks workers; server_process.cpp is the other.
#include "pool/fork_server.hpp"

#include "pool/server_process.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <utility>

namespace prun::pool {
namespace {

// To end its workers and what they have started. A server that takes longer is stopped, or hangs.
constexpr std::chrono::seconds parting{5};

}  // namespace

ForkServer::ForkServer(const ring::Region& region, const WorkerMain& worker_main, std::uint32_t initial,
                       const std::function<void()>& last_act)
    : guardian_(region, last_act) {
  std::array<int, 2> ends{};
  sys::checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  socket_ = sys::Fd(ends[0]);
  sys::Fd server_end(ends[1]);
  const pid_t master = ::getpid();
  pid_ = sys::checked(::fork(), "cannot fork");
  if (pid_ == 0) {
    socket_.reset();
    const ServerCharge charge{&region, &worker_main, initial, &last_act};
    ServerProcess(charge, std::move(server_end), guardian_, master).run();
  }
  guardian_.leave_to_server();
}

ForkServer::~ForkServer() {
  ::kill(pid_, SIGCONT);  // whoever has stopped it
  // Closing is not enough: processes forked meanwhile, such as another pool's, hold the socket open too.
  ::shutdown(socket_.get(), SHUT_RDWR);
  socket_.reset();
  if (!sys::child_ends_within(pid_, parting)) ::kill(pid_, SIGKILL);
  sys::retry_interrupted([this] { return ::waitpid(pid_, nullptr, 0); });
  guardian_.wait_until_gone();  // where the server was killed, what it left has ended by then
}

void ForkServer::start(std::uint32_t worker) { send({ServerRequest::Kind::spawn, worker, 0}); }

void ForkServer::kill(std::uint32_t worker, int signal) noexcept { send({ServerRequest::Kind::kill, worker, signal}); }

// A request that cannot be sent means that the server is gone, which next_event() tells.
void ForkServer::send(const ServerRequest& request) noexcept {
  sys::retry_interrupted([&] { return ::send(socket_.get(), &request, sizeof request, MSG_NOSIGNAL); });
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
