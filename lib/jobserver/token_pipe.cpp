#include "jobserver/token_pipe.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace prun::jobserver {
namespace {

constexpr char token = '+';  // the same as make's

bool may(int fd, int unwanted_mode) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != unwanted_mode;
}

/// The two numbers alone prove nothing: if make has closed its pipe, they may refer to other files.
bool is_one_pipe(int read, int write) {
  struct stat of_read {};
  struct stat of_write {};
  if (::fstat(read, &of_read) != 0 || ::fstat(write, &of_write) != 0) return false;
  if (!S_ISFIFO(of_read.st_mode) || of_read.st_dev != of_write.st_dev || of_read.st_ino != of_write.st_ino) {
    return false;
  }
  return may(read, O_WRONLY) && may(write, O_RDONLY);
}

// A new descriptor, not a dup(2), which would share its flags with all processes.
sys::Fd opened(const std::string& path, int mode) {
  return sys::Fd(::open(path.c_str(), mode | O_NONBLOCK | O_CLOEXEC));
}

std::string path_of(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

std::string fifo_name() {
  const char* directory = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  const std::string base = directory != nullptr && *directory != '\0' ? directory : "/tmp";
  return base + "/prun-jobserver-" + std::to_string(::getpid());
}

}  // namespace

tl::expected<TokenPipe, std::string> TokenPipe::open(const Address& address) {
  const bool named = !address.fifo.empty();
  if (!named && (address.read < 0 || address.write < 0 || !is_one_pipe(address.read, address.write))) {
    return tl::unexpected(std::string("its pipe is not open here; put a + in front of the recipe's line"));
  }
  TokenPipe pipe;
  pipe.address_ = address;
  pipe.read_ = opened(named ? address.fifo : path_of(address.read), O_RDONLY);
  struct stat status {};
  if (pipe.read_ && (::fstat(pipe.read_.get(), &status) != 0 || !S_ISFIFO(status.st_mode))) {
    return tl::unexpected(address.fifo + " is not a fifo");
  }
  if (pipe.read_) pipe.write_ = opened(named ? address.fifo : path_of(address.write), O_WRONLY);
  if (!pipe.write_) {
    return tl::unexpected((named ? address.fifo : "its pipe") + " cannot be opened: " + std::strerror(errno));
  }
  return pipe;
}

TokenPipe TokenPipe::create(unsigned tokens, Style style) {
  TokenPipe pipe;
  if (style == Style::fifo) {
    std::string name = fifo_name();
    ::unlink(name.c_str());  // left by an earlier process with the same number
    sys::checked(::mkfifo(name.c_str(), 0600), name.c_str());
    pipe.made_ = pipe.address_.fifo = std::move(name);
  } else {
    std::array<int, 2> ends{};
    sys::checked(::pipe(ends.data()), "pipe");  // programs inherit it
    pipe.inherited_by_read_ = sys::Fd(pipe.address_.read = ends[0]);
    pipe.inherited_by_write_ = sys::Fd(pipe.address_.write = ends[1]);
  }
  pipe.read_ = opened(pipe.made_.empty() ? path_of(pipe.address_.read) : pipe.made_, O_RDONLY);
  if (pipe.read_) pipe.write_ = opened(pipe.made_.empty() ? path_of(pipe.address_.write) : pipe.made_, O_WRONLY);
  if (!pipe.write_) sys::throw_errno("cannot create the jobserver pipe");
  for (unsigned i = 0; i < tokens; ++i) pipe.put(token);
  return pipe;
}

TokenPipe::~TokenPipe() { remove_name(); }

std::optional<char> TokenPipe::take() noexcept {
  char got = 0;
  const ssize_t size = sys::retry_interrupted([&] { return ::read(read_.get(), &got, 1); });
  if (size == 1) return got;
  if (size == 0 || errno != EAGAIN) read_.reset();  // end of file: stop polling it
  return std::nullopt;
}

void TokenPipe::put(char given_back) const noexcept {
  sys::retry_interrupted([&] { return ::write(write_.get(), &given_back, 1); });
}

void TokenPipe::remove_name() const noexcept {
  if (!made_.empty()) ::unlink(made_.c_str());
}

}  // namespace prun::jobserver
