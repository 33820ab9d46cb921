// What a user of the installed library would write. Prints "ok", or what went wrong.
#include <prun/outcome.hpp>

#include <cstdio>
#include <string_view>

namespace {

bool names_a_failure() { return std::string_view(prun::name_of(prun::FailureKind::lost_signal)) == "lost_signal"; }

}  // namespace

int main() {
  if (!names_a_failure()) {
    std::puts("prun::name_of does not name a failure");
    return 1;
  }
  std::puts("ok");
  return 0;
}
