/** `--products` of the commands that run drills, and the products that a run folder was made with: known before anything of the harness is loaded. */
import type { Command } from 'commander';
import { productsOption } from './drill-options.js';

/** To be put around what reads options from elsewhere (settings.ts). */
export function withProducts(command: Command): Command {
  return command.addOption(productsOption()).hook('preAction', async (_, asked) => {
    const { products, replay } = asked.opts<{
      readonly products?: string;
      readonly replay?: string;
    }>();
    const { useProducts, useProductsOfRun } = await import(
      '../harness/own-products/use-products.js'
    );
    if (products !== undefined) await useProducts(products);
    else if (replay !== undefined) useProductsOfRun(replay);
  });
}

/** Of a command whose first word names a run folder. */
export function withProductsOfRun(command: Command): Command {
  return command.hook('preAction', async (_, asked) => {
    const [folder] = asked.processedArgs;
    if (typeof folder !== 'string') return;
    const { useProductsOfRun } = await import('../harness/own-products/use-products.js');
    useProductsOfRun(folder);
  });
}
