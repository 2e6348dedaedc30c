// The thread that z3 runs in: problems come as SMT-LIB, answers go back in their order. It ends when it is terminated, z3's own threads with it.

import { parentPort, workerData } from 'node:worker_threads';
import { init } from 'z3-solver';

const { Z3 } = await init();
const ANSWERS = { '-1': 'unsat', 0: 'unknown', 1: 'sat' };
const config = Z3.mk_config();
let context = null;
let solver = null;
let has = null;

/**
 * A context of its own for each text, deleted after it: those of the package's own classes stay, and fill the memory. The parser that
 * evaluates a whole script garbles long texts now and then; this one does not.
 */
function begin(text) {
  if (text === has) return;
  if (context) {
    Z3.solver_dec_ref(context, solver);
    Z3.del_context(context);
  }
  context = Z3.mk_context(config);
  solver = Z3.mk_solver(context);
  Z3.solver_inc_ref(context, solver);
  Z3.solver_from_string(context, solver, text);
  has = text;
}

async function answer({ text, goal, milliseconds }) {
  begin(text);
  const symbol = (name) => Z3.mk_string_symbol(context, name);
  const params = Z3.mk_params(context);
  Z3.params_inc_ref(context, params);
  Z3.params_set_uint(context, params, symbol('timeout'), milliseconds);
  Z3.params_set_uint(context, params, symbol('random_seed'), workerData.seed);
  Z3.solver_set_params(context, solver, params);
  Z3.params_dec_ref(context, params);
  const wanted = Z3.mk_const(context, symbol(goal), Z3.mk_bool_sort(context));
  const found = ANSWERS[await Z3.solver_check_assumptions(context, solver, [wanted])];
  const model = found === 'sat' && Z3.model_to_string(context, Z3.solver_get_model(context, solver));
  return model ? { found, model } : { found };
}

parentPort.on('message', async (question) => parentPort.postMessage(await answer(question)));
parentPort.postMessage({ version: Z3.get_full_version() });
