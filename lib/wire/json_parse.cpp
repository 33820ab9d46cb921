// Parses JSON text to a value with nlohmann's event parser, without a tree. The size of a container is known only at its
// end. So each head has one byte at first, and one pass at the end widens the few heads that need more.
#include "wire/json.hpp"
#include "wire/json_message.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace prun::wire {
namespace {

using nlohmann::json;

/// Reads the text for the lexer and shows the builder the current position.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  explicit Cursor(const char*& here) : here_(&here) {}

  reference operator*() const { return **here_; }
  Cursor& operator++() {
    ++*here_;
    return *this;
  }
  friend bool operator==(const Cursor& a, const Cursor& b) { return *a.here_ == *b.here_; }
  friend bool operator!=(const Cursor& a, const Cursor& b) { return !(a == b); }

 private:
  const char** here_;
};

/// A container whose one-byte head cannot hold its count.
struct WideHead {
  std::size_t position;
  std::uint32_t count;
  bool is_map;

  [[nodiscard]] std::size_t extra() const { return count <= UINT16_MAX ? 2 : 4; }
};

/// Widens these heads, from the last to the first, and moves every byte once.
void widen_heads(std::string& out, std::vector<WideHead>& heads) {
  std::sort(heads.begin(), heads.end(), [](const auto& a, const auto& b) { return a.position < b.position; });
  std::size_t extra = 0;
  for (const WideHead& head : heads) extra += head.extra();
  std::size_t moved_from = out.size();
  out.resize(out.size() + extra);
  for (auto head = heads.rbegin(); head != heads.rend(); ++head) {
    const auto first = out.begin() + static_cast<std::ptrdiff_t>(head->position + 1);
    const auto last = out.begin() + static_cast<std::ptrdiff_t>(moved_from);
    std::move_backward(first, last, last + static_cast<std::ptrdiff_t>(extra));
    extra -= head->extra();
    std::string bytes;
    head->is_map ? ValueWriter(bytes).map(head->count) : ValueWriter(bytes).array(head->count);
    std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(head->position + extra));
    moved_from = head->position;
  }
}

/// Receives the parser's events and appends the value.
class ValueBuilder {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): open_ is written before read
  ValueBuilder(std::string_view text, const char* const& here, std::string& out)
      : text_(text), here_(here), out_(out), writer_(out) {}

  bool null() { return count(), writer_.null(), true; }
  bool boolean(bool v) { return count(), writer_.boolean(v), true; }
  bool number_integer(json::number_integer_t v) { return count(), writer_.integer(v), true; }
  bool number_unsigned(json::number_unsigned_t v) { return count(), writer_.unsigned_integer(v), true; }
  bool number_float(json::number_float_t v, const std::string& literal) {
    count();
    if (literal.find_first_of(".eE") == std::string::npos) {  // an integer that the lexer could not store
      parsed_.big_integer = true;
      return writer_.decimal(literal), true;
    }
    return writer_.floating(v), true;
  }
  bool string(const std::string& v) { return count(), append(v); }
  bool binary(const json::binary_t&) { return false; }  // never occurs in JSON text

  bool start_object(std::size_t) { return open(true); }
  bool key(const std::string& name) {
    Open& object = open_[depth_ - 1];
    ++object.count;
    const std::size_t before = out_.size();
    if (!append(name)) return false;
    const Key added{before, out_.size() - before, offset()};
    if (object.count <= few_keys && !object.repeats) {
      for (std::size_t i = object.first_key; i < keys_.size(); ++i) {
        if (bytes_of(keys_[i]) == bytes_of(added)) object.repeats = true;
      }
    }
    keys_.push_back(added);
    return true;
  }
  bool end_object() {
    const Open& object = open_[depth_ - 1];
    if (object.repeats || object.count > few_keys) drop_repeated();
    keys_.resize(object.first_key);
    return close();
  }
  bool start_array(std::size_t) { return open(false); }
  bool end_array() { return close(); }

  bool parse_error(std::size_t bytes_read, const std::string& token, const json::exception& error) {
    error_ = detail::json_error(text_, bytes_read, token, error.id, error.what());
    return false;
  }

  ParsedJson finish() {
    if (!wide_.empty()) widen_heads(out_, wide_);
    return parsed_;
  }
  [[nodiscard]] JsonError& error() { return error_; }

 private:
  struct Open {
    std::size_t head;        // its position in out_
    std::size_t first_key;   // index in keys_
    std::size_t first_wide;  // index in wide_, of the containers inside
    std::uint64_t count;
    bool is_map;
    bool repeats;  // a key has occurred twice
  };
  struct Key {
    std::size_t position, length;  // of its bytes in out_
    std::size_t text_end;          // after its closing quote
  };
  struct Member {
    Key key;
    std::size_t value, end;  // of its bytes in out_
  };
  static constexpr std::uint64_t few_keys = 16;  // up to this many, comparing each key with each is fastest

  [[nodiscard]] std::size_t offset() const { return static_cast<std::size_t>(here_ - text_.data()); }
  [[nodiscard]] std::string_view bytes_of(const Key& key) const {
    return std::string_view(out_).substr(key.position, key.length);
  }
  void count() {
    if (depth_ > 0 && !open_[depth_ - 1].is_map) ++open_[depth_ - 1].count;
  }

  bool append(const std::string& v) {
    if (v.size() > UINT32_MAX) return fail("a string longer than 4 GiB is not supported", offset());
    writer_.string(v);
    return true;
  }

  bool open(bool is_map) {
    count();
    if (depth_ == max_depth) return fail(fmt::format("nested deeper than {} levels", max_depth), offset() - 1);
    open_[depth_++] = {out_.size(), keys_.size(), wide_.size(), 0, is_map, false};
    is_map ? writer_.map(0) : writer_.array(0);
    return true;
  }

  bool close() {
    const Open& container = open_[--depth_];
    if (container.count > UINT32_MAX)
      return fail("a container of more than 2^32 - 1 elements is not supported", offset());
    const auto size = static_cast<std::uint32_t>(container.count);
    if (size <= 15) {
      out_[container.head] = static_cast<char>((container.is_map ? 0x80u : 0x90u) | size);
    } else {
      wide_.push_back({container.head, size, container.is_map});
    }
    return true;
  }

  /// If a key occurs twice in the innermost object, the first one keeps its position and gets the last value.
  void drop_repeated() {
    Open& object = open_[depth_ - 1];
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(object.first_key);
    std::vector<Member> members;
    members.reserve(static_cast<std::size_t>(keys_.end() - first));
    for (auto key = first; key != keys_.end(); ++key) {
      const std::size_t end = key + 1 == keys_.end() ? out_.size() : (key + 1)->position;
      members.push_back({*key, key->position + key->length, end});
    }
    std::sort(members.begin(), members.end(), [this](const Member& a, const Member& b) {
      const int order = bytes_of(a.key).compare(bytes_of(b.key));
      return order != 0 ? order < 0 : a.key.position < b.key.position;
    });
    std::vector<Member> kept;
    const Key* repeated = nullptr;  // the first one in the text
    for (const Member& member : members) {
      if (kept.empty() || bytes_of(kept.back().key) != bytes_of(member.key)) {
        kept.push_back(member);
        continue;
      }
      kept.back().value = member.value;
      kept.back().end = member.end;
      if (repeated == nullptr || member.key.position < repeated->position) repeated = &member.key;
    }
    if (repeated == nullptr) return;
    if (depth_ == 1) parsed_.repeated_key = detail::opening_quote(text_, repeated->text_end);
    rewrite_members(object, std::move(kept));
  }

  void rewrite_members(Open& object, std::vector<Member> members) {
    std::sort(members.begin(), members.end(),
              [](const Member& a, const Member& b) { return a.key.position < b.key.position; });
    const std::size_t begin = members.front().key.position;
    const std::vector<WideHead> wide(wide_.begin() + static_cast<std::ptrdiff_t>(object.first_wide), wide_.end());
    wide_.resize(object.first_wide);
    std::string bytes;
    for (const Member& member : members) {
      bytes += bytes_of(member.key);
      for (WideHead head : wide) {
        if (head.position < member.value || head.position >= member.end) continue;
        head.position = begin + bytes.size() + (head.position - member.value);
        wide_.push_back(head);
      }
      bytes.append(out_, member.value, member.end - member.value);
    }
    out_.replace(begin, std::string::npos, bytes);
    object.count = members.size();
  }

  bool fail(std::string message, std::size_t at) {
    error_ = {std::move(message), at};
    return false;
  }

  std::string_view text_;
  const char* const& here_;
  std::string& out_;
  ValueWriter writer_;
  ParsedJson parsed_;
  JsonError error_;
  std::vector<Key> keys_;
  std::vector<WideHead> wide_;
  std::size_t depth_ = 0;
  Open open_[max_depth];  // uninitialized on purpose: clearing it would cost more than parsing a short text
};

}  // namespace

tl::expected<ParsedJson, JsonError> parse_json(std::string_view text, std::string& out) {
  const std::size_t before = out.size();
  const char* here = text.data();
  const char* end = here + text.size();
  ValueBuilder builder(text, here, out);
  if (json::sax_parse(Cursor(here), Cursor(end), &builder)) {
    // The lexer takes a zero byte for the end of its input.
    const std::size_t zero = text.find('\0');
    if (zero == std::string_view::npos) return builder.finish();
    builder.error() = {"unexpected byte 0x00, expected nothing more", zero};
  }
  out.resize(before);
  return tl::unexpected(std::move(builder.error()));
}

}  // namespace prun::wire
