# Run by ctest: installs `build` below `work`, moves what was installed, builds and runs the consumer against it, asks the
# installed command for its version, and builds and tests the plugin that it writes. Leaves its folder behind for whoever
# looks into a failure.
cmake_minimum_required(VERSION 3.22)

function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "${what} failed (${result}):\n${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(prefix ${work}/moved)
file(REMOVE_RECURSE ${work}/installed ${prefix} ${work}/consumer-build)
run("installing" ${CMAKE_COMMAND} --install ${build} --prefix ${work}/installed)
file(RENAME ${work}/installed ${prefix})

# A user compiles with warnings as errors, and may have neither this project's compiler flags nor its options library.
set(ENV{CXXFLAGS} "-Wall -Wextra -Wpedantic -Werror")
run("configuring the consumer" ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${work}/consumer-build
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${cxx} -D CMAKE_CXX_COMPILER_LAUNCHER=${launcher}
    -D CMAKE_DISABLE_FIND_PACKAGE_CLI11=ON -D expected_version=${version})
run("building the consumer" ${CMAKE_COMMAND} --build ${work}/consumer-build)
run("running the consumer" ${work}/consumer-build/consumer)
if(NOT output STREQUAL "ok\n")
  message(FATAL_ERROR "the consumer printed '${output}', expected 'ok'")
endif()

if(command)
  run("the installed command" ${prefix}/bin/prun --version)
  if(NOT output MATCHES "${version}")
    message(FATAL_ERROR "prun --version printed '${output}', expected it to name ${version}")
  endif()

  # The project that it writes builds against what is installed, without what the library itself needs.
  file(REMOVE_RECURSE ${work}/new)
  file(MAKE_DIRECTORY ${work}/new)
  run("prun new plugin" ${CMAKE_COMMAND} -E chdir ${work}/new ${prefix}/bin/prun new plugin my-functions)
  run("configuring the new plugin" ${CMAKE_COMMAND} -S ${work}/new/my-functions -B ${work}/new/build
      -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${cxx} -D CMAKE_CXX_COMPILER_LAUNCHER=${launcher}
      -D CMAKE_DISABLE_FIND_PACKAGE_cereal=ON -D CMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON)
  run("building the new plugin" ${CMAKE_COMMAND} --build ${work}/new/build)
  run("testing the new plugin" ${CMAKE_CTEST_COMMAND} --test-dir ${work}/new/build --output-on-failure --no-tests=error)
endif()
