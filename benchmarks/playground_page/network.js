// What every trainer begins with: the plan of a network, its settings and images.

/** @param {string} text in base64 */
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @param {string} name of the network */
export async function readNetwork(name) {
  const { plan, settings, images } = await (await fetch(`/network/${name}.json`)).json();
  for (const optimizer in plan.steps) plan.steps[optimizer] = bytes(plan.steps[optimizer]);
  [plan.encoder, plan.decoder] = [bytes(plan.encoder), bytes(plan.decoder)];
  return { plan, settings, images: bytes(images) };
}

/**
 * Answer the messages of the page, with the words of an error where there is one.
 * @param {(message: any) => Promise<any>} act
 */
export function serve(act) {
  onmessage = ({ data }) =>
    act(data).then((answer) => postMessage(answer ?? {}), (error) => postMessage({ kind: "error", error: `${error}` }));
}
