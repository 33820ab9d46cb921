// The first line that an agent writes. A login shell may print anything before it.
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::cluster {

inline constexpr std::uint32_t protocol_version = 1;

struct Banner {
  std::uint32_t protocol = protocol_version;
  std::string version;     ///< of prun
  std::string build;       ///< sys::build_id
  std::uint32_t cpus = 1;  ///< that the agent may use
};

[[nodiscard]] std::string banner_line(const Banner& banner);

/// Why this program and an agent with that banner cannot work together, as in "its prun is ..."; absent: they can.
[[nodiscard]] std::optional<std::string> mismatch(const Banner& own, const Banner& other);

/// Finds the banner in a stream.
class BannerReader {
 public:
  /// More bytes of the stream.
  void feed(std::string_view bytes) { seen_.append(bytes); }

  /// The banner; absent: it has not come yet. @return why it will not come
  [[nodiscard]] tl::expected<std::optional<Banner>, std::string> find();
  /// Before a banner: such a line has come.
  [[nodiscard]] bool has(std::string_view line) const noexcept { return seen_.find(line) != std::string::npos; }
  /// After a banner: the bytes that follow it.
  [[nodiscard]] std::string_view rest() const noexcept { return std::string_view(seen_).substr(end_); }
  /// The last line of what is not a banner; empty: there is none.
  [[nodiscard]] std::string_view last_noise() const noexcept;

 private:
  std::string seen_;
  std::size_t end_ = 0;
};

}  // namespace prun::cluster
