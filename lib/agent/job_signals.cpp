#include "agent/job_signals.hpp"

#include "sys/error.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace prun::agent {
namespace {

constexpr std::array announcing{SIGTERM, SIGUSR1};

}  // namespace

JobSignals::JobSignals() {
  if (std::getenv("SLURM_STEP_ID") == nullptr) return;  // NOLINT(concurrency-mt-unsafe): nobody sets it
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : announcing) sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  for (const int signal : announcing) static_cast<void>(std::signal(signal, SIG_IGN));
  fd_.reset(sys::checked(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
}

void JobSignals::workers_started() noexcept {
  if (!fd_) return;
  for (const int signal : announcing) static_cast<void>(std::signal(signal, SIG_DFL));
}

int JobSignals::take() noexcept {
  signalfd_siginfo info{};
  return fd_ && ::read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

}  // namespace prun::agent
