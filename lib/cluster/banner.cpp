#include "cluster/banner.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace prun::cluster {
namespace {

constexpr std::string_view sign = "#prun-agent ";
constexpr std::size_t most_noise = std::size_t{1} << 20U;
constexpr std::size_t longest_banner = 1000;
constexpr const char* advice = "use --copy-prun to send this prun, or --remote-prun to name the same build there";

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const auto space = line.find(' ');
    words.push_back(line.substr(0, space));
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  }
  return words;
}

bool read_number(std::string_view text, std::uint32_t& number) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// Of later protocols only the first word is known.
std::optional<Banner> parse(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  Banner banner;
  if (words.empty() || !read_number(words[0], banner.protocol)) return std::nullopt;
  if (banner.protocol != protocol_version) {
    if (words.size() > 1) banner.version = words[1];
    return banner;
  }
  if (words.size() != 4 || !read_number(words[3], banner.cpus) || banner.cpus == 0) return std::nullopt;
  banner.version = words[1];
  banner.build = words[2];
  return banner;
}

}  // namespace

std::string banner_line(const Banner& banner) {
  return fmt::format("\n{}{} {} {} {}\n", sign, banner.protocol, banner.version, banner.build, banner.cpus);
}

std::optional<std::string> mismatch(const Banner& own, const Banner& other) {
  if (own.protocol != other.protocol) {
    return fmt::format("its prun {} speaks version {} of the agents' protocol, and this prun {} speaks version {}; {}",
                       other.version, other.protocol, own.version, own.protocol, advice);
  }
  if (own.build == other.build) return std::nullopt;
  return fmt::format("its prun {} (build {:.12}) is another build than this prun {} (build {:.12}); {}", other.version,
                     other.build, own.version, own.build, advice);
}

tl::expected<std::optional<Banner>, std::string> BannerReader::find() {
  for (std::size_t at = seen_.find(sign); at != std::string::npos; at = seen_.find(sign, at + 1)) {
    const std::size_t begin = at + sign.size();
    const std::size_t end = seen_.find('\n', begin);
    if (end == std::string::npos) {
      if (seen_.size() - begin > longest_banner) continue;
      return std::nullopt;
    }
    const std::string_view line = std::string_view(seen_).substr(begin, end - begin);
    if (auto banner = parse(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line)) {
      end_ = end + 1;
      return banner;
    }
  }
  if (seen_.size() > most_noise)
    return tl::unexpected<std::string>(
        "it wrote 1 MiB of text and started no agent; make the start files of its shell print less");
  return std::nullopt;
}

std::string_view BannerReader::last_noise() const noexcept {
  std::string_view text = seen_;
  const auto last = text.find_last_not_of("\r\n \t");
  if (last == std::string_view::npos) return {};
  text = text.substr(0, last + 1);
  return text.substr(text.find_last_of('\n') + 1);  // npos + 1 is 0
}

}  // namespace prun::cluster
