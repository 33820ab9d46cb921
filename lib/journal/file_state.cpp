// See file_state.hpp.
#include "journal/file_state.hpp"

#include "sys/error.hpp"
#include "sys/fd.hpp"
#include "sys/hexadecimal.hpp"

#include <nettle/sha2.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <vector>

namespace prun::journal {
namespace {

constexpr std::size_t block = std::size_t{256} << 10;

std::string digest_of(sha256_ctx& context) {
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  ::sha256_digest(&context, digest.size(), digest.data());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): nettle's bytes are unsigned
  return sys::hexadecimal({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

std::optional<FileState> state_of(const std::string& name) {
  struct stat status {};
  if (::stat(name.c_str(), &status) != 0) return std::nullopt;
  FileState state{name, 0, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim), status.st_ino};
  if (S_ISREG(status.st_mode)) state.size = static_cast<std::uint64_t>(status.st_size);
  return state;
}

bool file_exists(const std::string& name) noexcept { return ::access(name.c_str(), F_OK) == 0; }

std::string hash_of_file(const std::string& name) {
  // A FIFO has no content of its own, and would wait for a writer.
  const sys::Fd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  sha256_ctx context;  // NOLINT(cppcoreguidelines-pro-type-member-init): by sha256_init
  ::sha256_init(&context);
  std::vector<std::uint8_t> bytes(block);
  for (;;) {
    const ssize_t got = sys::retry_interrupted([&] { return ::read(file.get(), bytes.data(), bytes.size()); });
    if (got < 0) return {};
    if (got == 0) break;
    ::sha256_update(&context, static_cast<std::size_t>(got), bytes.data());
  }
  return digest_of(context);
}

std::string hash_of_text(std::string_view text) {
  sha256_ctx context;  // NOLINT(cppcoreguidelines-pro-type-member-init): by sha256_init
  ::sha256_init(&context);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): nettle's bytes are unsigned
  ::sha256_update(&context, text.size(), reinterpret_cast<const std::uint8_t*>(text.data()));
  return digest_of(context);
}

}  // namespace prun::journal
