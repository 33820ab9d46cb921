// A plugin: a shared library with the interface of <prun/plugin.h>. Checks its description and runs its initializer. It does
// not know the syntax of function names on the command line.
#pragma once

#include "function/function.hpp"
#include "native/shared_library.hpp"

#include <prun/plugin.h>

#include <tl/expected.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace prun::native {

/// Receives the bytes or the failure of a plugin's call.
struct PluginAnswer {
  std::string* result;  ///< results are appended to it
  std::string type{};
  std::string message{};

  /// Valid as long as this object is not moved.
  [[nodiscard]] prun_output output() noexcept;
  /// @throws the exception for a status other than PRUN_OK
  [[noreturn]] void throw_as(int status, std::string_view function) const;
};

class Plugin {
 public:
  using Opened = tl::expected<std::shared_ptr<Plugin>, std::string>;

  /// @return what is wrong, for the user: it is not a plugin, or it has another version
  [[nodiscard]] static Opened open(const std::string& file);

  explicit Plugin(SharedLibrary library, const prun_plugin& table);

  [[nodiscard]] const std::string& file() const noexcept { return library_.file(); }
  [[nodiscard]] const SharedLibrary& library() const noexcept { return library_; }
  [[nodiscard]] const std::vector<const prun_function*>& functions() const noexcept { return functions_; }

  /// The function of that name. @return what is wrong, with similar names
  [[nodiscard]] tl::expected<const prun_function*, std::string> find(std::string_view name) const;

  /// Runs its initializer once in this process. @throws the initializer's failure, at each call
  void initialize() {
    if (!initialized_.load(std::memory_order_acquire)) run_initializer();
  }

 private:
  [[nodiscard]] std::string describe_functions(std::string_view unknown) const;
  void run_initializer();

  SharedLibrary library_;
  std::vector<const prun_function*> functions_;
  int (*initializer_)(const prun_output*);
  std::atomic<bool> initialized_;
  std::mutex initializing_;
  int initializer_status_ = PRUN_OK;
  PluginAnswer failure_;
};

}  // namespace prun::native
