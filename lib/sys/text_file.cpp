#include "sys/text_file.hpp"

#include "sys/error.hpp"
#include "sys/fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace prun::sys {

std::string read_text_file(const std::string& path, std::size_t most) {
  constexpr std::size_t block = std::size_t{64} << 10;
  const Fd file(checked(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY), path.c_str()));
  std::string text;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(std::min(before + block, most + 1));
    const ssize_t got = ::read(file.get(), text.data() + before, text.size() - before);
    const int error = errno;
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return text;
    if (text.size() > most) throw std::system_error(EFBIG, std::generic_category(), path);
    if (got > 0 || error == EINTR) continue;
    if (error != EAGAIN) throw std::system_error(error, std::generic_category(), path);
    pollfd wait{file.get(), POLLIN, 0};  // there is a writer
    static_cast<void>(retry_interrupted([&] { return ::poll(&wait, 1, -1); }));
  }
}

}  // namespace prun::sys
