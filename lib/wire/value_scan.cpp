// Walks over a value with a stack that counts the missing values of each open container.
#include "wire/value_scan.hpp"

#include "wire/value_head.hpp"

namespace prun::wire::detail {
namespace {

class Scan {
 public:
  explicit Scan(std::string_view bytes) noexcept : bytes_(bytes) {}  // NOLINT: open_ is written before it is read

  ScanResult run() noexcept {
    if (!step()) return result_;
    while (depth_ > 0) {
      Open& top = open_[depth_ - 1];
      if (top.lacking == 0) {
        --depth_;
        continue;
      }
      const bool at_key = top.is_map && top.lacking % 2 == 0;
      --top.lacking;
      if (!step(at_key)) return result_;
    }
    result_.length = at_;
    return result_;
  }

 private:
  struct Open {
    std::uint64_t lacking;  // values; a map counts two per pair
    bool is_map;
  };

  /// Reads one head and the contents of a string; opens a container.
  bool step(bool at_key = false) noexcept {
    const Head head = read_head(bytes_.substr(at_));
    if (head.fault == HeadFault::cut_short) return fail(ScanFault::cut_short, head);
    if (head.fault == HeadFault::foreign_tag) return fail(ScanFault::foreign_tag, head);
    if (at_key && head.kind != Kind::string) return fail(ScanFault::key_not_string, head);
    const std::uint64_t left = bytes_.size() - at_ - head.length;
    const bool container = head.kind == Kind::array || head.kind == Kind::map;
    const std::uint64_t least = head.kind == Kind::map ? 2 * head.number : head.number;
    if ((container || holds_bytes(head.kind)) && least > left) return fail(ScanFault::cut_short, head);
    if (container) {
      if (depth_ == max_depth) return fail(ScanFault::too_deep, head);
      open_[depth_++] = {least, head.kind == Kind::map};
    }
    at_ += head.length + (holds_bytes(head.kind) ? head.number : 0);
    return true;
  }

  bool fail(ScanFault fault, const Head& head) noexcept {
    result_ = {fault, at_, head.kind, head.number};
    return false;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  ScanResult result_;
  Open open_[max_depth];  // uninitialized on purpose: clearing 8 KiB costs more than scanning most values
};

}  // namespace

ScanResult scan_value(std::string_view bytes) noexcept { return Scan(bytes).run(); }

}  // namespace prun::wire::detail
